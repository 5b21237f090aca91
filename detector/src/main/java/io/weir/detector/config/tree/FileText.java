package io.weir.detector.config.tree;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** The text of a file of rules or settings: UTF-8, of bounded size. */
public final class FileText {

    private FileText() {}

    /**
     * The text, or empty with one fault added.
     *
     * @param noun what the file should be, such as "a configuration"
     */
    public static Optional<String> read(Path file, int mebibytesMaximum, String noun, Faults faults) {
        int bytesMaximum = mebibytesMaximum << 20;
        if (Files.isDirectory(file)) {
            return refuse(faults, "is a folder; give a file");
        }
        try (InputStream input = Files.newInputStream(file)) {
            byte[] bytes = input.readNBytes(bytesMaximum + 1);
            return bytes.length > bytesMaximum
                    ? refuse(faults, "is larger than " + mebibytesMaximum + " MiB; " + noun + " is smaller")
                    : decode(bytes, faults);
        } catch (NoSuchFileException missing) {
            return refuse(faults, "doesn't exist; give the path of " + noun);
        } catch (AccessDeniedException denied) {
            return refuse(faults, "can't be read: permission denied");
        } catch (FileSystemException failure) {
            return refuse(faults, "can't be read: " + failure.getReason());
        } catch (IOException failure) {
            return refuse(faults, "can't be read: " + failure.getMessage());
        }
    }

    static Optional<String> decode(byte[] bytes, Faults faults) {
        ByteBuffer input = ByteBuffer.wrap(bytes);
        CharBuffer output = CharBuffer.allocate(bytes.length);
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        boolean whole = !decoder.decode(input, output, true).isError();
        String text = output.flip().toString();
        if (whole) {
            // A byte order mark says nothing in UTF-8 (RFC 3629 section 6), and would count as a column.
            return Optional.of(text.startsWith("\ufeff") ? text.substring(1) : text);
        }
        TextPlace place = TextPlace.of(text);
        int badByte = bytes[input.position()] & 0xff;
        String problem = "isn't UTF-8 at column " + place.column() + ": byte " + String.format("0x%02x", badByte)
                + "; save it as UTF-8";
        faults.add(place.line(), "", "", problem);
        return Optional.empty();
    }

    private static Optional<String> refuse(Faults faults, String problem) {
        faults.add(0, "", "", problem);
        return Optional.empty();
    }
}
