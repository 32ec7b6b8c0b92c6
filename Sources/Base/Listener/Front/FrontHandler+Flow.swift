import DequeModule
import HTTPKit
import NIOCore
import NIOHTTP1

extension FrontHandler {
    /// Goes on with the requests that wait, until one of them has to be waited for.
    ///
    /// A loop, not a recursion, however many of them are answered at once.
    func advance(context: ChannelHandlerContext) {
        guard !isAdvancing else { return }
        isAdvancing = true
        while !mustWait, let part = waiting.popFirst() { take(part, context: context) }
        isAdvancing = false
        if !isReading { endTurn() }
    }

    /// The end of a turn: all that came in at once was looked at.
    private func endTurn() {
        guard let context else { return }  // the connection has left HTTP
        if waiting.isEmpty {
            waiting = Deque()  // one that grew is not kept
            settle(context: context)
        }
        if hasForwarded {
            hasForwarded = false
            context.fireChannelReadComplete()
        }
        if inputIsClosed { tellHummingbirdOfEnd(context: context) }
        writeGathered()
        if readIsHeld, !holdsReads {
            readIsHeld = false
            context.read()
        }
    }

    private func settle(context: ChannelHandlerContext) {
        switch state.settle() {
        case .nothing:
            break
        case .close:
            finish(context: context)
        case .refuse(let refusal):
            guard !(state.owesBody && responseHasBegun) else { return finish(context: context) }
            if state.isIdle {  // it is not the last request that is refused
                request = RequestFacts()
                account = RequestAccount()
            }
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
        isReading = false
        checkArrival(context: context)
        hasForwarded = hasForwarded || hummingbirdIsThere
        endTurn()
        // Whoever else asks for reads may have lost interest by now.
        if state.phase == .ending { context.read() }
    }

    func read(context: ChannelHandlerContext) {
        if holdsReads { readIsHeld = true } else { context.read() }
    }

    /// Whether nothing more should be read now, since it could only wait here.
    private var holdsReads: Bool {
        if state.mustWait {
            return waiting.count >= routes.limits.waitingPartsMax || request.parserAfterwards != .goesOn
        }
        return !isWritable && state.isIdle
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        isWritable = context.channel.isWritable
        if isWritable {
            stallDeadline = .distantFuture
            advance(context: context)
        } else {
            stallDeadline = sweeper.now + .seconds(Int64(routes.limits.stallSecondsMax))
        }
        if hummingbirdIsThere { context.fireChannelWritabilityChanged() }
    }
}
