import HTTPKit
import NIOCore
import NIOHTTP1

extension FrontHandler {
    /// The answer of a fast route, or the refusal of an upgrade. Too late, it is dropped: the connection is gone, or
    /// the request has had its answer.
    func answer(_ response: FastResponse, to number: Int) {
        guard state.phase == .answering, number == requestNumber, let context else { return }
        let closes = state.closesAfterResponse || response.closes
        gather(response, closes: closes)
        state.answered()
        if closes {
            finish(context: context)
        } else {
            expire(after: routes.limits.idleSecondsMax)
            advance(context: context)
        }
    }

    /// Answers before the request has ended, and closes: what else comes is not looked at.
    func endEarly(_ response: FastResponse, context: ChannelHandlerContext) {
        gather(response, closes: true)
        finish(context: context)
    }

    /// Adds a response to those of this turn. They go past the response encoder.
    func gather(_ response: FastResponse, closes: Bool) {
        record(response.status)
        ResponseEncoder.append(
            response, to: &gathered, date: sweeper.date,
            connection: closes ? .close : request.isHTTP10 ? .keepAlive : .implied, omitsBody: request.isHead)
        if gathered.readableBytes >= ListenerLimits.gatheredBytesMax { writeGathered() }
    }

    /// Counts the answer to the request.
    func record(_ status: HTTPResponseStatus) {
        guard let metrics = sweeper.metrics else { return }
        metrics.record(
            route: account.template, method: account.method, status: status,
            nanoseconds: (NIODeadline.now() - account.start).nanoseconds)
    }

    /// Writes the answers of this turn, in one go.
    func writeGathered() {
        guard gathered.readableBytes > 0 else { return }
        writer.writeAndFlush(takeGathered())
    }

    /// The answers of this turn, to be written by the caller.
    func takeGathered() -> ByteBuffer {
        let bytes = gathered
        gathered = ByteBuffer()
        return bytes
    }
}
