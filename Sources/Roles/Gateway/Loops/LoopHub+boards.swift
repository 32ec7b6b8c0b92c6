import Leaderboard

extension LoopHub {
    /// Boards have changed. Members of rooms whose window is gone, or whose board has become private, may have to
    /// leave.
    func applyBoards() {
        var suspects: [Seat] = []
        for (followed, rooms) in windows {
            let board = settings.resolver.boards.board(of: followed)
            let wasPrivate = rooms.isPrivate
            rooms.isPrivate = board?.isPrivate ?? false
            guard board == nil || (rooms.isPrivate && !wasPrivate) else { continue }
            for room in rooms.rooms { suspects += room.seats }
        }
        LoopSlices.visit(suspects, on: eventLoop) { [self] in review($0) }
    }

    /// Sends a member away if it may not stay in a room. Looks the board up again, since it may have changed once more.
    private func review(_ seat: Seat) {
        guard !seat.hasLeft, let session = seat.member as? any HubSession, session.isOpen else { return }
        do throws(RankingProblem) {
            guard try settings.resolver.boards.find(seat.room.key.followed).board.isPrivate else { return }
        } catch {
            return lose(seat, session, .about(error))
        }
        guard let watcherToken = session.watcherToken, visitLater(watcherToken, of: session) else {
            status.metrics.recordEnd(.token)
            return session.end(.unauthorized)
        }
    }

    /// The board or the window of a room is gone. A connection that follows others stays open.
    private func lose(_ seat: Seat, _ session: any HubSession, _ problem: ClientMessageProblem) {
        guard session.seats.count > 1 else {
            status.metrics.recordEnd(.board)
            return session.end(problem)
        }
        let followed = seat.room.key.followed
        leave(seat)
        session.send(ServerMessage.error(problem, about: followed))
    }
}
