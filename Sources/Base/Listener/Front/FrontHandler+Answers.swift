import HTTPKit
import NIOCore
import NIOHTTP1

extension FrontHandler {
    /// Takes the answer of a fast route, or the refusal of an upgrade. An answer that comes too late is dropped: the
    /// connection is gone, or the request has another answer.
    func answer(_ response: FastResponse, to number: Int) {
        guard state.phase == .answering, number == request.number, let context else { return }
        let closes = state.closesAfterResponse || response.closes
        gather(response, closes: closes)
        state.endAnswer()
        if closes {
            finish(context: context)
        } else {
            expire(after: routes.limits.idleSecondsMax)
            advance(context: context)
        }
    }

    /// Answers before the request has ended, and closes. The rest of the request is ignored.
    func endEarly(_ response: FastResponse, context: ChannelHandlerContext) {
        gather(response, closes: true)
        finish(context: context)
    }

    /// Adds a response to those of this turn. They are written past the response encoder.
    func gather(_ response: FastResponse, closes: Bool) {
        record(response.status)
        let facts = request.facts
        let isEnough = turn.gather(
            response, date: sweeper.date, connection: closes ? .close : facts.isHTTP10 ? .keepAlive : .implied,
            omitsBody: facts.isHead)
        if isEnough { writeGathered() }
    }

    /// Counts the answer to the request.
    func record(_ status: HTTPResponseStatus) {
        guard let metrics = sweeper.metrics else { return }
        let measurement = request.measurement
        metrics.record(
            route: measurement.template, method: measurement.method, status: status,
            nanoseconds: (NIODeadline.now() - measurement.start).nanoseconds)
    }

    /// Writes the answers of this turn, in one go.
    func writeGathered() {
        if let bytes = turn.takeGathered() { writer.writeAndFlush(bytes) }
    }
}
