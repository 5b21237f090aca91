package io.weir.capture.load;

import io.weir.capture.load.Label.Activity;

/** Callers, browsers that speak QUIC, and clocks. */
final class DatagramUsers implements Arrivals.Handler {
    private static final int MOST = 16_384;
    private static final int SHORTEST_CALL = 100 * 10;
    private static final int LONGEST_CALL = 100 * 60;
    private static final int MOST_REQUESTS = 5;

    private final Activity activity;
    private final LoadScene scene;
    private final LoadRandom random;
    private final Population population;
    private final Pool<DatagramFlow> flows;

    DatagramUsers(Activity activity, LoadScene scene, LoadRandom random, Population population) {
        this.activity = activity;
        this.scene = scene;
        this.random = random;
        this.population = population;
        Client anybody = population.anybody();
        flows = new Pool<>(MOST, () -> new DatagramFlow(scene.target(), anybody, random, this::ended));
    }

    @Override
    public void arrive(long now, Tap tap) {
        DatagramFlow flow = flows.take();
        if (flow != null) {
            int count = switch (activity) {
                case CALL -> random.between(SHORTEST_CALL, LONGEST_CALL);
                case QUIC -> 1 + random.nextInt(MOST_REQUESTS);
                default -> 2;
            };
            flow.begin(activity, population.next(random), scene.anyHost(random), count, random.nextLong());
            scene.queue().plan(now, flow);
        }
    }

    private void ended(DatagramFlow flow) {
        flows.giveBack(flow);
    }

    /** Exchanges that couldn't begin because too many were under way. */
    long refused() {
        return flows.refused();
    }
}
