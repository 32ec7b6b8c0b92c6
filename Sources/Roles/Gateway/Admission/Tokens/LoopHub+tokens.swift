import Access
import Leaderboard
import NIOCore

/// Who may be in which room, and for how long.
extension LoopHub {
    /// Ticks between two looks at a token: well within the 5 s in which the end of one has to show.
    private static let checkTicks = 20...30

    /// Gives a session a seat in a room, if its token allows that.
    ///
    /// - Throws: also `unknownBoard`, and `unauthorized` if the room is private and the session has no valid token (any
    ///   more).
    func join(
        _ session: any HubSession, _ room: RoomKey, resume: ResumePoint?
    ) throws(ClientMessageProblem) {
        guard let board = settings.resolver.board(of: room) else { throw .unknownBoard }
        guard board.isPrivate else { return try enter(session, room, resume: resume, isPrivate: false) }
        guard let watcherToken = session.watcherToken, let wait = ticksToNextCheck(of: watcherToken) else {
            throw .unauthorized
        }
        try enter(session, room, resume: resume, isPrivate: true)
        watcherToken.session = session
        schedule(watcherToken, in: wait)
    }

    /// Looks at a token now, and again later; for a session that is in a private room.
    ///
    /// - Returns: false if it is not good any more.
    func visitLater(_ watcherToken: WatcherToken, of session: any HubSession) -> Bool {
        guard let wait = ticksToNextCheck(of: watcherToken) else { return false }
        watcherToken.session = session
        schedule(watcherToken, in: wait)
        return true
    }

    /// The time has come to look at a token again.
    func visit(_ watcherToken: WatcherToken) {
        guard let session = watcherToken.session, session.isOpen, isInPrivateRoom(session) else { return }
        guard visitLater(watcherToken, of: session) else {
            status.metrics.recordEnd(.token)
            return session.end(.unauthorized)
        }
    }

    /// Whether a session follows what only valid tokens may see.
    private func isInPrivateRoom(_ session: any HubSession) -> Bool {
        session.seats.contains { settings.resolver.board(of: $0.room.key)?.isPrivate == true }
    }

    /// Looks at a token: when to look again, or nil where it is good no more.
    private func ticksToNextCheck(of watcherToken: WatcherToken) -> Int? {
        guard let tokens = settings.tokens else { return nil }
        switch watcherToken.term.standing(now: tokens.now, generation: tokens.generation(on: eventLoop)) {
        case .over: return nil
        case .holds: break
        case .uncertain:
            guard case .good(let term) = tokens.check(watcherToken.token, on: eventLoop) else { return nil }
            watcherToken.term = term
        }
        let left = max(0, watcherToken.term.endsAt - tokens.now) / Int64(Self.tickMilliseconds) + 1
        return Int(min(left, Int64(Int.random(in: Self.checkTicks))))
    }
}
