import Access
import Leaderboard
import NIOCore

/// Lets sessions into private rooms for as long as their tokens are valid.
extension LoopHub {
    /// Ticks between two looks at a token: well within the 5 s in which a connection must end after its token.
    private static let checkTicks = 20...30

    /// Gives a session a seat in a room, if its token allows that.
    ///
    /// - Throws: also `unknownBoard` and `unknownWindow`, and `unauthorized` if the room is private and the session has
    ///   no valid token (any more).
    func join(
        _ session: any HubSession, _ room: RoomKey, resume: ResumePoint?
    ) throws(ClientMessageProblem) {
        guard try board(of: room).isPrivate else { return try enter(session, room, resume: resume, isPrivate: false) }
        guard let watcherToken = session.watcherToken, let wait = ticksToNextCheck(of: watcherToken) else {
            throw .unauthorized
        }
        try enter(session, room, resume: resume, isPrivate: true)
        watcherToken.session = session
        schedule(watcherToken, in: wait)
    }

    private func board(of room: RoomKey) throws(ClientMessageProblem) -> Board {
        do throws(RankingProblem) {
            return try settings.resolver.boards.find(room.followed).board
        } catch {
            throw .about(error)
        }
    }

    /// Looks at a token now, and again later; for a session that is in a private room.
    ///
    /// - Returns: false if it is not valid any more.
    func visitLater(_ watcherToken: WatcherToken, of session: any HubSession) -> Bool {
        guard let wait = ticksToNextCheck(of: watcherToken) else { return false }
        watcherToken.session = session
        schedule(watcherToken, in: wait)
        return true
    }

    /// Looks at the token of a user's connection now, and again later.
    ///
    /// - Returns: false if it is not valid any more.
    func visitLater(_ live: LiveSession) -> Bool {
        guard let session = live.session, let watcherToken = session.watcherToken else { return false }
        return visitLater(watcherToken, of: session)
    }

    /// The time has come to look at a token again.
    func visit(_ watcherToken: WatcherToken) {
        guard let session = watcherToken.session, session.isOpen else { return }
        let handler = session as? SessionHandler
        let needsToken = isInPrivateRoom(session) || handler?.live?.needsToken == true
        guard needsToken || handler?.live != nil, !visitLater(watcherToken, of: session) else { return }
        guard needsToken else {
            handler?.endLive()
            return
        }
        status.metrics.recordEnd(.token)
        session.end(.unauthorized)
    }

    /// Whether a session follows what only valid tokens may see.
    private func isInPrivateRoom(_ session: any HubSession) -> Bool {
        session.seats.contains { settings.resolver.boards.board(of: $0.room.key.followed)?.isPrivate == true }
    }

    /// Looks at a token: when to look again, or nil if it is not valid any more.
    private func ticksToNextCheck(of watcherToken: WatcherToken) -> Int? {
        guard let tokens = settings.tokens else { return nil }
        var standing = tokens.standing(of: watcherToken.term, on: eventLoop)
        if standing == .uncertain {
            guard
                let term = try? tokens.term(
                    of: watcherToken.token, for: Gateway.access, isOpen: true, on: eventLoop)
            else { return nil }
            watcherToken.term = term
            standing = tokens.standing(of: term, on: eventLoop)
        }
        guard case .holds(let milliseconds) = standing else { return nil }
        let left = milliseconds / Int64(Self.tickMilliseconds) + 1
        return Int(min(left, Int64(Int.random(in: Self.checkTicks))))
    }
}
