package io.flotilla.raft;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Random;

/** Ports that nobody listens on. */
public final class FreePorts {
    private static final int FIRST = 20_000;
    private static final int LAST = 32_000; // below the ports that systems hand out by themselves

    private FreePorts() {}

    /** The first of {@code count} free ports in a row. */
    public static int row(int count) {
        Random random = new Random();
        while (true) {
            int first = FIRST + random.nextInt(LAST - FIRST - count);
            if (areFree(first, count)) {
                return first;
            }
        }
    }

    private static boolean areFree(int first, int count) {
        for (int port = first; port < first + count; port++) {
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                socket.setReuseAddress(true);
            } catch (IOException e) {
                return false;
            }
        }
        return true;
    }
}
