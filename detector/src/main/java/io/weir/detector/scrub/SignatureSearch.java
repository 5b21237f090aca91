package io.weir.detector.scrub;

import io.weir.detector.flood.FloodSignature.Basis;
import io.weir.detector.flood.TrafficClass;
import io.weir.filter.packet.IpProtocol;
import io.weir.filter.signature.Field;
import io.weir.filter.signature.Head;
import io.weir.filter.signature.PacketRow;
import io.weir.filter.signature.Signature;
import io.weir.filter.signature.Term;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Finds what the packets of an attack have in common and those of peace haven't: greedily, term by term, what keeps most
 * of the attack and hits least of peace; and again for what is left, where tools are mixed. The same samples give the same
 * signatures.
 */
final class SignatureSearch {
    /** With fewer samples nothing is a pattern. */
    static final int FEWEST = 16;

    /** The share of peace that a signature may hit, at 95 % confidence. */
    static final double MOST_HARM = 0.0005;

    /** Newcomers a second that it may cost where peace was too short for that; of requests, a tenth. */
    private static final double MOST_LOSS_PER_SECOND = 1;

    private static final double MOST_REQUESTS_LOST_PER_SECOND = 0.1;
    /** So much of what is left of the attack a signature has to hit. */
    private static final double LEAST_COVER = 0.15;
    /** Where little of peace is known, only a pattern that most of the attack has is one. */
    private static final double LEAST_COVER_UNSAMPLED = 0.8;

    /** Of the whole attack, where its harm is only expected to be small. */
    private static final double LEAST_OF_WHOLE = 0.1;

    static final int FEW_PEACE_SAMPLES = 200;
    private static final int FEWEST_UNSAMPLED = 32;
    /** Share of peace that a pattern may hit by a guess. */
    private static final double MOST_GUESSED_HARM = 0.001;
    /** Newcomers where nothing is known of them: few hosts have more. */
    private static final double UNKNOWN_PEACE_PER_SECOND = 500;

    /** How often a pattern has to be more frequent in the attack than it may be in peace. */
    private static final double LEAST_CONTRAST = 20;

    static final double LEAST_PER_SECOND = 20;
    /** What peace costs against what of the attack is missed, from bold to careful. */
    private static final double[] CARES = {2, 20, 500};

    private static final int THINNED_PEACE = 2048;
    /** A term that narrows a signature may cost so little of its cover. */
    private static final double NARROWED_COVER = 0.999;

    private static final double WIDEST_PRIOR = 0.5;
    /** What is worth less more is chance in the last digits. */
    private static final double LEAST_GAIN = 1e-12;

    private final TrafficClass trafficClass;
    private final SampleRows peace;
    private final SampleRows somePeace;
    private final double peacePerSecond;
    private final double attackPerSecond;
    private final long nowNanos;
    /** Samples of the attack, whatever is left of them. */
    private int whole;

    /**
     * @param peace of the class
     * @param peacePerSecond upper bound of the newcomers of the class to the target in peace
     * @param attackPerSecond packets of the attack
     */
    SignatureSearch(
            TrafficClass trafficClass, SampleRows peace, double peacePerSecond, double attackPerSecond, long nowNanos) {
        this.trafficClass = trafficClass;
        this.peace = peace;
        this.somePeace = peace.thinned(THINNED_PEACE);
        this.peacePerSecond = peacePerSecond;
        this.attackPerSecond = attackPerSecond;
        this.nowNanos = nowNanos;
    }

    /** One term, judged. */
    @SuppressWarnings("ArrayRecordComponent") // never compared, seen by nobody else
    private record Candidate(Term term, long[] attack, long[] peace, double prior) {}

    /** Terms that hold together. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Conjunction(List<Candidate> parts, long[] attack, long[] peace, double prior) {
        Conjunction with(Candidate part) {
            List<Candidate> more = new ArrayList<>(parts);
            more.add(part);
            return new Conjunction(
                    more, SampleRows.and(attack, part.attack), SampleRows.and(peace, part.peace), prior * part.prior);
        }

        boolean has(Term term) {
            return parts.stream().anyMatch(part -> part.term.field().equals(term.field()));
        }

        List<Term> terms() {
            return parts.stream().map(Candidate::term).toList();
        }
    }

    /** Signatures of an attack, that of most of its packets first. */
    List<SignatureFinding> find(SampleRows samples, int most) {
        List<SignatureFinding> findings = new ArrayList<>();
        whole = samples.size();
        SampleRows left = samples;
        while (findings.size() < most && left.size() >= FEWEST) {
            Optional<SignatureFinding> finding = findOne(left, samples);
            if (finding.isEmpty()) {
                break;
            }
            findings.add(finding.get());
            left = without(left, finding.get().signature());
        }
        return findings;
    }

    private static SampleRows without(SampleRows samples, Signature signature) {
        SampleRows rest = new SampleRows(samples.size());
        for (int i = 0; i < samples.size(); i++) {
            if (!signature.matches(samples.rows(), SampleRows.row(i))) {
                rest.add(samples.rows(), SampleRows.row(i));
            }
        }
        return rest;
    }

    private Head head(SampleRows samples) {
        return switch (trafficClass) {
            case DNS -> Head.DNS;
            case SYN, ACK, HTTP, TLS -> Head.TCP;
            case UDP -> Head.UDP;
            case ICMP, OTHER -> Head.of(commonestProtocol(samples));
        };
    }

    private static int commonestProtocol(SampleRows samples) {
        int[] times = new int[256];
        for (int i = 0; i < samples.size(); i++) {
            times[PacketRow.protocol(samples.rows(), SampleRows.row(i))]++;
        }
        int commonest = IpProtocol.ICMP;
        for (int protocol = 0; protocol < times.length; protocol++) {
            commonest = times[protocol] > times[commonest] ? protocol : commonest;
        }
        return commonest;
    }

    private Optional<SignatureFinding> findOne(SampleRows left, SampleRows all) {
        Head head = head(left);
        List<Candidate> candidates = new ArrayList<>();
        for (Term term : TermCandidates.of(head, left, nowNanos)) {
            candidates.add(
                    new Candidate(term, left.bits(term), somePeace.bits(term), TermPriors.of(trafficClass, term)));
        }
        Conjunction start =
                context(new Conjunction(List.of(), left.everything(), somePeace.everything(), 1), candidates);
        return starts(start, candidates).stream()
                .flatMap(from -> Arrays.stream(CARES).mapToObj(care -> grow(head, from, candidates, care, left)))
                .flatMap(Optional::stream)
                .map(grown -> finding(head, grown, candidates, left, all))
                .flatMap(Optional::stream)
                .max(Comparator.comparingDouble(SignatureFinding::attackShare)
                        .thenComparing(finding -> finding.basis(), Comparator.reverseOrder())
                        .thenComparingInt(
                                finding -> -finding.signature().terms().size()));
    }

    /** From nothing, and from each term that peace is known not to have. */
    private List<Conjunction> starts(Conjunction start, List<Candidate> candidates) {
        List<Conjunction> starts = new ArrayList<>(List.of(start));
        for (Candidate candidate : candidates) {
            if (StackHabits.bound(trafficClass, candidate.term) <= MOST_HARM
                    && !start.has(candidate.term)
                    && SampleRows.count(candidate.attack) >= FEWEST) {
                starts.add(start.with(candidate));
            }
        }
        return starts;
    }

    /** What the class is about stands first, so that the signature reads by itself. */
    private Conjunction context(Conjunction nothing, List<Candidate> candidates) {
        Conjunction context = nothing;
        int all = SampleRows.count(nothing.attack);
        for (Candidate candidate : candidates) {
            boolean isContext = candidate.term instanceof Term.Numeric number
                    && (number.of() == Field.FLAGS || number.of() == Field.ICMP_TYPE)
                    && number.values().count() == 1;
            if (isContext && !context.has(candidate.term) && SampleRows.count(candidate.attack) >= 0.97 * all) {
                context = context.with(candidate);
            }
        }
        return context;
    }

    private Optional<Conjunction> grow(
            Head head, Conjunction from, List<Candidate> candidates, double care, SampleRows left) {
        Conjunction grown = from;
        while (basis(head, grown, left).isEmpty()) {
            if (grown.parts.size() == Signature.MOST_TERMS) {
                return Optional.empty();
            }
            Optional<Candidate> best = best(grown, candidates, care, left);
            if (best.isEmpty()) {
                return Optional.empty();
            }
            grown = grown.with(best.get());
        }
        return Optional.of(grown);
    }

    /** The term that makes a conjunction worth most, if any makes it worth more. */
    private Optional<Candidate> best(Conjunction grown, List<Candidate> candidates, double care, SampleRows left) {
        double most = worth(SampleRows.count(grown.attack), SampleRows.count(grown.peace), grown.prior, care, left);
        Optional<Candidate> best = Optional.empty();
        for (Candidate candidate : candidates) {
            double worth = worth(
                    SampleRows.countBoth(grown.attack, candidate.attack),
                    SampleRows.countBoth(grown.peace, candidate.peace),
                    grown.prior * candidate.prior,
                    care,
                    left);
            if (worth > most + LEAST_GAIN && !grown.has(candidate.term)) {
                most = worth;
                best = Optional.of(candidate);
            }
        }
        return best;
    }

    private double worth(int attackHits, int peaceHits, double prior, double care, SampleRows left) {
        double harm = (peaceHits + prior * TermPriors.SAMPLES) / (somePeace.size() + TermPriors.SAMPLES);
        return (double) attackHits / left.size() - care * harm;
    }

    /** Why a conjunction may be used, or empty where it may not. */
    private Optional<Basis> basis(Head head, Conjunction conjunction, SampleRows left) {
        int hits = SampleRows.count(conjunction.attack);
        List<Term> terms = conjunction.terms();
        if (hits < FEWEST
                || hits < LEAST_COVER * left.size()
                || !Signature.problem(head, terms).isEmpty()) {
            return Optional.empty();
        }
        // What a part of the samples excludes, all of them do.
        int harmed = SampleRows.count(conjunction.peace);
        if (harmed > 0 && (double) harmed / somePeace.size() > 2 * MOST_HARM) {
            return Optional.empty();
        }
        Signature signature = new Signature(head, terms);
        int harm = peace.count(signature);
        double bound = HarmBound.share(harm, peace.size());
        if (bound <= MOST_HARM) {
            return Optional.of(Basis.SAMPLES);
        }
        if (harm > 0) {
            return Optional.empty();
        }
        if (terms.stream().anyMatch(term -> StackHabits.bound(trafficClass, term) <= MOST_HARM)) {
            return Optional.of(Basis.NEVER_SENT);
        }
        // What a pattern leaves may be the users': a few packets, or all of them where nothing is known of users.
        boolean isSampled = peace.size() >= FEW_PEACE_SAMPLES;
        if (hits < LEAST_OF_WHOLE * whole) {
            return Optional.empty();
        }
        boolean isMost = hits >= LEAST_COVER_UNSAMPLED * (isSampled ? left.size() : whole);
        return (isMost || isSampled) && isLossSmall(bound)
                        || isMost && hits >= FEWEST_UNSAMPLED && isLossSmallByLooks(terms)
                ? Optional.of(Basis.EXPECTED_LOSS)
                : Optional.empty();
    }

    private boolean isLossSmall(double bound) {
        return bound * peacePerSecond < (isOfRequests() ? MOST_REQUESTS_LOST_PER_SECOND : MOST_LOSS_PER_SECOND);
    }

    /** Requests stand on connections that have proven themselves: by looks alone none is lost. */
    private boolean isOfRequests() {
        return trafficClass == TrafficClass.HTTP || trafficClass == TrafficClass.TLS;
    }

    /** The loss to expect where peace was too short to bound it, by a guess that its samples correct. */
    private boolean isLossSmallByLooks(List<Term> terms) {
        double share = TermPriors.of(trafficClass, terms) * TermPriors.SAMPLES / (peace.size() + TermPriors.SAMPLES);
        double perSecond = share * Math.min(peacePerSecond, UNKNOWN_PEACE_PER_SECOND);
        return !isOfRequests()
                && terms.stream().noneMatch(SignatureSearch::isNetwork) // its users may be behind it, too
                && share <= MOST_GUESSED_HARM
                && perSecond < MOST_LOSS_PER_SECOND;
    }

    private Optional<SignatureFinding> finding(
            Head head, Conjunction grown, List<Candidate> candidates, SampleRows left, SampleRows all) {
        Basis basis = basis(head, grown, left).orElseThrow();
        Conjunction settled = basis == Basis.SAMPLES ? pruned(head, grown, left) : narrowed(grown, candidates);
        Signature signature = new Signature(head, settled.terms());
        int hits = all.count(signature);
        int harm = peace.count(signature);
        double bound = HarmBound.share(harm, peace.size());
        double perSecond = attackPerSecond * hits / all.size();
        boolean isContrast = perSecond
                >= Math.max(LEAST_PER_SECOND, basis == Basis.SAMPLES ? LEAST_CONTRAST * bound * peacePerSecond : 0);
        return isContrast
                ? Optional.of(new SignatureFinding(
                        signature, (double) hits / all.size(), all.size(), bound, peace.size(), basis))
                : Optional.empty();
    }

    /** Without the terms that aren't needed. */
    private Conjunction pruned(Head head, Conjunction grown, SampleRows left) {
        Conjunction pruned = grown;
        for (Candidate part : grown.parts) {
            Conjunction without = new Conjunction(List.of(), left.everything(), somePeace.everything(), 1);
            for (Candidate other : pruned.parts) {
                without = other.term.equals(part.term) ? without : without.with(other);
            }
            boolean isContext = part.term instanceof Term.Numeric number && number.of() == Field.FLAGS;
            if (!isContext && basis(head, without, left).equals(Optional.of(Basis.SAMPLES))) {
                pruned = without;
            }
        }
        return pruned;
    }

    /** A network is no part of a pattern that holds without it: where forged sources are drawn from changes. */
    private static boolean isNetwork(Term term) {
        return term instanceof Term.Source source
                && source.prefixes().stream().anyMatch(prefix -> prefix.length() < (prefix.version() == 4 ? 32 : 64));
    }

    /**
     * With the terms that nearly all of its packets share: where peace says too little, a signature is to be as narrow as
     * the attack is.
     */
    private Conjunction narrowed(Conjunction grown, List<Candidate> candidates) {
        Conjunction narrowed = grown;
        int least = (int) Math.ceil(SampleRows.count(grown.attack) * NARROWED_COVER);
        List<Candidate> likely = candidates.stream()
                .filter(candidate -> candidate.prior <= WIDEST_PRIOR && !isNetwork(candidate.term))
                .sorted(Comparator.comparingDouble(Candidate::prior))
                .toList();
        for (Candidate candidate : likely) {
            boolean isFree = narrowed.parts.size() < Signature.MOST_TERMS && !narrowed.has(candidate.term);
            if (isFree && SampleRows.countBoth(narrowed.attack, candidate.attack) >= least) {
                narrowed = narrowed.with(candidate);
            }
        }
        return narrowed;
    }
}
