package dev.stackmapd.app.http;

import java.util.concurrent.TimeUnit;
import org.apache.coyote.Constants;
import org.apache.coyote.Request;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.coyote.http11.Http11Processor;
import org.apache.tomcat.util.net.SocketWrapperBase;

/// HTTP/1.1 with a deadline for a whole request header, whose arrival Tomcat bounds only between two bytes. A
/// connection on which a header takes longer than `server.tomcat.connection-timeout` (20 s by default) is
/// closed, at most two seconds late.
///
/// [BodyLimits] bound bodies, and connections that speak HTTP/2 have Tomcat's own timeouts. The class is public and has
/// a constructor without parameters because Tomcat makes it by its name.
public final class DeadlineProtocol extends Http11NioProtocol {
    private static final int PERIOD_SECONDS = 1;

    @Override
    public void start() throws Exception {
        super.start();
        // The executor ends with the connector, and the task with it.
        var _ = getUtilityExecutor()
                .scheduleWithFixedDelay(this::closeOverdue, PERIOD_SECONDS, PERIOD_SECONDS, TimeUnit.SECONDS);
    }

    private void closeOverdue() {
        long limit = TimeUnit.MILLISECONDS.toNanos(getConnectionTimeout());
        long now = System.nanoTime();
        for (SocketWrapperBase<?> connection : getEndpoint().getConnections()) {
            if (isWaitingForHeader(connection, now - limit)) {
                connection.close();
            }
        }
    }

    /// Returns true if the connection waits for the rest of a header that began before `begun`, in nanoseconds of
    /// `System.nanoTime`. Tomcat parks the processor at the connection between two pieces of a header; a connection
    /// whose request is worked on has none.
    private static boolean isWaitingForHeader(SocketWrapperBase<?> connection, long begun) {
        if (!(connection.getCurrentProcessor() instanceof Http11Processor processor) || processor.isAsync()) {
            return false;
        }
        Request request = processor.getRequest();
        int stage = request.getRequestProcessor().getStage();
        // Negative until the first byte of a header has come.
        long first = request.getStartTimeNanos();
        return (stage == Constants.STAGE_PARSE || stage == Constants.STAGE_ENDED) && first >= 0 && first - begun < 0;
    }
}
