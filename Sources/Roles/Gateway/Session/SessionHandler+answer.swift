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
                try hub.join(self, room(request), resume: request.resumePoint)
            case .leave(let request): try hub.leave(self, room(request).followed)
            }
        } catch {
            let request = (try? parsed.get())?.room
            send(ServerMessage.error(error, about: request.map(hub.settings.resolver.followed)))
        }
    }

    private func room(_ request: RoomRequest) throws(ClientMessageProblem) -> RoomKey {
        do throws(RankingProblem) {
            return try hub.settings.resolver.resolve(request)
        } catch {
            throw .about(error)
        }
    }
}
