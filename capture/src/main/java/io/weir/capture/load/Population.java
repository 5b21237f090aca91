package io.weir.capture.load;

/** Users, and who of them comes next. */
final class Population {
    private final Client[] clients;
    private final boolean isUneven;

    /** @param isUneven whether a few come often and most rarely (Zipf's law), or all alike */
    Population(Client[] clients, boolean isUneven) {
        this.clients = clients;
        this.isUneven = isUneven;
    }

    Client anybody() {
        return clients[0];
    }

    Client next(LoadRandom random) {
        if (!isUneven) {
            return clients[random.nextInt(clients.length)];
        }
        double rank = StrictMath.exp(random.nextDouble() * StrictMath.log(clients.length + 1.0));
        return clients[Math.min(clients.length - 1, (int) rank - 1)];
    }
}
