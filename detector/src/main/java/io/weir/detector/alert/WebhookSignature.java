package io.weir.detector.alert;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs as Standard Webhooks has it, so that their libraries can check: {@code v1,} and the HMAC-SHA256 of {@code
 * id.seconds.body} in Base64.
 */
final class WebhookSignature {
    private static final String ALGORITHM = "HmacSHA256";
    private static final String BASE64 = "whsec_";

    private final SecretKeySpec key;

    private WebhookSignature(byte[] secret) {
        key = new SecretKeySpec(secret, ALGORITHM);
    }

    /**
     * @param secret as it is, or {@code whsec_} and its bytes in Base64
     * @throws IOException if it is empty or no Base64
     */
    static WebhookSignature of(String secret) throws IOException {
        try {
            byte[] bytes = secret.startsWith(BASE64)
                    ? Base64.getDecoder().decode(secret.substring(BASE64.length()))
                    : secret.getBytes(StandardCharsets.UTF_8);
            if (bytes.length == 0) {
                throw new IOException("the secret of a webhook is empty");
            }
            return new WebhookSignature(bytes);
        } catch (IllegalArgumentException invalid) {
            throw new IOException("the secret of a webhook begins with whsec_, but isn't Base64", invalid);
        }
    }

    String of(String id, long seconds, String body) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            byte[] code = mac.doFinal((id + "." + seconds + "." + body).getBytes(StandardCharsets.UTF_8));
            return "v1," + Base64.getEncoder().encodeToString(code);
        } catch (NoSuchAlgorithmException | InvalidKeyException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
