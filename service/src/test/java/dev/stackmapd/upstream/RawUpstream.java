package dev.stackmapd.upstream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/// A server on loopback that answers each connection as its [Script] says, however wrong that is.
public final class RawUpstream implements AutoCloseable {
    private final ServerSocket listening;
    private final Script script;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<String> heads = new CopyOnWriteArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();

    @FunctionalInterface
    public interface Script {
        void answer(Line line) throws IOException;
    }

    RawUpstream(Script script) throws IOException {
        this(InetAddress.getLoopbackAddress(), script);
    }

    /// @param address a loopback address
    public RawUpstream(InetAddress address, Script script) throws IOException {
        this.script = script;
        this.listening = new ServerSocket(0, 200, address);
        threads.execute(this::accept);
    }

    static RawUpstream saying(String head, byte... body) throws IOException {
        return new RawUpstream(line -> line.say(head, body));
    }

    /// 200 with the right length.
    static RawUpstream having(byte... body) throws IOException {
        return saying("HTTP/1.1 200 OK\r\nContent-Length: " + body.length, body);
    }

    static RawUpstream missing() throws IOException {
        return saying("HTTP/1.1 404 Not Found\r\nContent-Length: 0");
    }

    public int port() {
        return listening.getLocalPort();
    }

    Upstream upstream() {
        return Upstream.of("http://127.0.0.1:" + port());
    }

    /// Heads of all requests, in the order in which they were read.
    public List<String> heads() {
        return List.copyOf(heads);
    }

    /// Those that are open.
    public int connections() {
        return connections.get();
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket socket = listening.accept();
                connections.incrementAndGet();
                threads.execute(() -> serve(socket));
            } catch (IOException e) {
                if (!listening.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            Line line = new Line(socket);
            heads.add(line.head());
            script.answer(line);
        } catch (IOException e) {
            // The client has had enough, as it should in most of these tests.
        } finally {
            connections.decrementAndGet();
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        threads.shutdownNow();
        threads.close();
    }

    /// One connection, after its request was read.
    public static final class Line {
        private final InputStream in;
        private final OutputStream out;
        private final Socket socket;
        private final String head;

        Line(Socket socket) throws IOException {
            this.socket = socket;
            this.in = socket.getInputStream();
            this.out = socket.getOutputStream();
            this.head = readHead(in);
        }

        private static String readHead(InputStream in) throws IOException {
            ByteArrayOutputStream head = new ByteArrayOutputStream();
            while (!head.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
                int b = in.read();
                if (b < 0) {
                    return head.toString(ISO_8859_1);
                }
                head.write(b);
            }
            return head.toString(ISO_8859_1);
        }

        String head() {
            return head;
        }

        /// Text goes out as it is, one byte a character.
        public void say(String text) throws IOException {
            out.write(text.getBytes(ISO_8859_1));
        }

        /// A head without its empty line, and a body.
        public void say(String head, byte... body) throws IOException {
            say(head + "\r\n\r\n");
            out.write(body);
        }

        public void send(byte... bytes) throws IOException {
            out.write(bytes);
        }

        /// Waits until the client closes the connection.
        public void silence() throws IOException {
            while (in.read() >= 0) {
                // What else it sends is of no interest.
            }
        }

        /// @throws IOException if the client has closed the connection
        public void pause() throws IOException {
            socket.setSoTimeout(20);
            try {
                if (in.read() < 0) {
                    throw new IOException("closed");
                }
            } catch (SocketTimeoutException e) {
                // It is still there.
            }
        }

        void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }
    }
}
