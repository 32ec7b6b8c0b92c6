import Leaderboard

/// What a change of the catalogue means to those who are here.
extension LoopHub {
    /// Boards have changed: members of rooms whose board is gone, or has become private, may have to leave.
    func boardsChanged() {
        for (ranking, rooms) in rankings {
            let board = settings.resolver.boards.board(ranking.board)
            let wasPrivate = rooms.isPrivate
            rooms.isPrivate = board?.isPrivate ?? false
            guard board == nil || (rooms.isPrivate && !wasPrivate) else { continue }
            for room in rooms.rooms { suspects += room.seats }
        }
        inSlices { [self] in
            for _ in 0..<Self.sliceSeats {
                guard let seat = suspects.popLast() else {
                    suspects = []  // Gives its memory back.
                    return false
                }
                review(seat)
            }
            return true
        }
    }

    /// Whether a member may stay in a room; the board is looked up once more, since it may have changed again.
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

    /// The board of a room is gone. A connection that follows others goes on.
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
