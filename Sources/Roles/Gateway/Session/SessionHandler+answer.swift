import Leaderboard
import NIOCore
import WebSocket

extension SessionHandler {
    /// Does what a text message asks for, or answers with an `error` message.
    func answer(_ text: ByteBuffer) {
        let parsed = text.withUnsafeReadableBytes { bytes in
            Result { () throws(ClientMessageProblem) in try ClientMessage.parse(bytes) }
        }
        do throws(ClientMessageProblem) {
            switch try parsed.get() {
            case .join(let request):
                guard countJoin() else { return }
                try join(request)
            case .leave(let request): try hub.leave(self, room(request).followed)
            case .challenge(let challenge, let act): answer(challenge, act)
            }
        } catch {
            let request = (try? parsed.get())?.room
            send(ServerMessage.error(error, about: request.map(hub.settings.resolver.followed)))
        }
    }

    private func join(_ request: RoomRequest) throws(ClientMessageProblem) {
        let room = try room(request)
        guard request.wantsOwnRank else {
            try hub.join(self, room, resume: request.resumePoint)
            if let live { hub.live.ranks.leave(live, room.followed) }
            return
        }
        guard let live, hub.visitLater(live) else { throw .unauthorized }
        try hub.join(self, room, resume: request.resumePoint)
        try hub.live.ranks.follow(live, room.followed)
    }

    private func room(_ request: RoomRequest) throws(ClientMessageProblem) -> RoomKey {
        do throws(RankingProblem) {
            return try hub.settings.resolver.resolve(request)
        } catch {
            throw .about(error)
        }
    }

    /// Does what a message about a challenge's room asks for.
    private func answer(_ challenge: String, _ act: ChallengeAct) {
        do throws(ClientMessageProblem) {
            switch act {
            case .join:
                guard countJoin() else { return }
                guard let live, hub.visitLater(live) else { throw .unauthorized }
                guard live.mayPlay else { throw .forbidden }
                try hub.live.join(live, challenge, roomsMax: hub.settings.roomsMax)
            case .leave: try hub.live.leave(follower(), challenge)
            case .update(let progress, let state):
                try hub.live.take(progress, state: state, of: follower(), in: challenge)
            case .hint: try hub.live.takeHint(for: follower(), in: challenge)
            }
        } catch {
            send(ServerMessage.error(error, challenge: challenge))
        }
    }

    /// What the connection follows as a user.
    private func follower() throws(ClientMessageProblem) -> LiveSession {
        guard let live else { throw .unauthorized }
        return live
    }
}
