import NIOCore

extension LoopHub {
    /// Sends all sessions away, and those that still come. Ends when none is left, at the latest at the limit.
    @discardableResult
    func drain() -> EventLoopFuture<Void> {
        if let draining { return draining.ended.futureResult }
        status.beginDraining()
        let ended = eventLoop.makePromise(of: Void.self)
        draining = (DrainPlan(pace: settings.drainPaceTicks, limit: settings.drainLimitTicks), ended)
        if isEmpty { ended.succeed(()) }
        return ended.futureResult
    }

    /// One tick of the way down.
    func drainStep() {
        let sessions = wheel.entries as [any HubSession] + streams.entries as [any HubSession]
        let open = sessions.filter(\.isOpen)
        switch draining?.plan.tick(open: open.count) {
        case .close(let count):
            for session in open.prefix(count) {
                session.sendAway(
                    afterMilliseconds: .random(in: 0...settings.drainSpreadMilliseconds, using: &random))
            }
        case .cut:
            for session in sessions { session.cut() }
        case nil: break
        }
    }
}
