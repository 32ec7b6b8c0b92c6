import Leaderboard

extension LoopHub {
    /// Boards have changed. Members of rooms whose board is gone, or has become private, may have to leave.
    func applyBoards() {
        var suspects: [Seat] = []
        for (ranking, rooms) in rankings {
            let board = settings.resolver.boards.board(ranking.board)
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
        guard let board = settings.resolver.boards.board(seat.room.key.ranking.board) else {
            return lose(seat, session)
        }
        guard board.isPrivate else { return }
        guard let watcherToken = session.watcherToken, visitLater(watcherToken, of: session) else {
            status.metrics.recordEnd(.token)
            return session.end(.unauthorized)
        }
    }

    /// The board of a room is gone. A connection that follows other boards stays open.
    private func lose(_ seat: Seat, _ session: any HubSession) {
        guard session.seats.count > 1 else {
            status.metrics.recordEnd(.board)
            return session.end(.unknownBoard)
        }
        var room = RoomRequest()
        room.ranking.board = seat.room.key.ranking.board
        room.ranking.window = seat.room.key.ranking.window
        leave(seat)
        session.send(ServerMessage.error(.unknownBoard, about: room))
    }
}
