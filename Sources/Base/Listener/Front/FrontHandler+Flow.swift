import HTTPKit
import NIOCore
import NIOHTTP1

extension FrontHandler {
    /// Works on the parts that wait, until one of them has to wait longer.
    ///
    /// It is a loop and not a recursion, however many requests are answered at once.
    func advance(context: ChannelHandlerContext) {
        guard turn.beginAdvancing() else { return }
        while !mustWait, let part = turn.next() { take(part, context: context) }
        if turn.endAdvancing() { endTurn() }
    }

    /// Ends a turn: everything that has come was looked at, and everything that was answered is written.
    private func endTurn() {
        guard let context else { return }  // the connection has left HTTP
        if turn.isCaughtUp {
            turn.dropWaiting()  // the memory of a queue that has grown is not kept
            settle(context: context)
        }
        if turn.takeForwarded() { context.fireChannelReadComplete() }
        if state.inputIsClosed { tellHummingbirdOfEnd(context: context) }
        writeGathered()
        if !holdsReads, turn.releaseRead() { context.read() }
    }

    private func settle(context: ChannelHandlerContext) {
        switch state.settle() {
        case .nothing:
            break
        case .close:
            finish(context: context)
        case .refuse(let refusal):
            guard !(state.owesBody && request.responseHasBegun) else { return finish(context: context) }
            // Between requests, the bytes that are refused are not those of the last request.
            if state.isIdle { request.forget() }
            let response =
                switch refusal {
                case .malformed: FastResponse.badRequest
                case .headersTooLarge: FastResponse.headersTooLarge
                case .targetTooLong: FastResponse.targetTooLong
                }
            endEarly(routes.answer(response, to: nil), context: context)
        }
    }

    // MARK: Reading

    func channelReadComplete(context: ChannelHandlerContext) {
        turn.endReading(hasForwarded: hummingbird.isThere)
        checkArrival(context: context)
        endTurn()
        // The other handlers may not ask for reads any more.
        if state.phase == .ending { context.read() }
    }

    func read(context: ChannelHandlerContext) {
        if holdsReads { turn.holdRead() } else { context.read() }
    }

    /// Whether nothing more should be read now, since it could only wait here.
    private var holdsReads: Bool {
        if state.mustWait {
            return turn.waitingCount >= routes.limits.waitingPartsMax || request.facts.parserAfterwards != .goesOn
        }
        return deadlines.isStalled && state.isIdle
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            deadlines.endStall()
            advance(context: context)
        } else {
            deadlines.beginStall(until: sweeper.now + .seconds(Int64(routes.limits.stallSecondsMax)))
        }
        if hummingbird.isThere { context.fireChannelWritabilityChanged() }
    }
}
