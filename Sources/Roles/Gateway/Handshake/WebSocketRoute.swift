import Access
import HTTPKit
import Leaderboard
import Listener
import NIOCore
import NIOHTTP1
import WebSocket

/// `GET /ws/scoreboard` and `GET /ws`, which is the same: a watcher's connection leaves HTTP here.
struct WebSocketRoute: UpgradeRoute {
    let check: HandshakeCheck
    let rooms: RoomResolver
    let admissions: ConnectionAdmission
    let compresses: Bool

    /// The path, `/ws/scoreboard` or `/ws`.
    let path: StaticString

    var template: String { path.description }

    func accepts(_ head: HTTPRequestHead) -> Bool { head.hasPath(path) }

    func decide(_ head: HTTPRequestHead, channel: any Channel, answer: @escaping @Sendable (UpgradeDecision) -> Void) {
        let fields: [(name: String, value: String)]
        let token: [UInt8]?
        do throws(Refusal) {
            fields = try check.agree(to: head)
            token = try Self.token(of: head)
        } catch {
            return answer(refuse(error, head))
        }
        // A problem with the room is told after the handshake: a browser's page sees nothing of a refused one.
        var wantsNotifications = false
        let beginning = Result { () throws(RankingProblem) in
            wantsNotifications = try Notifications.areWanted(uri: head.uri)
            let request = try RoomRequest(uri: head.uri)
            return Beginning(room: try rooms.resolve(request), resume: request.resumePoint)
        }
        if case .failure(.noCatalogue) = beginning { return answer(refuse(.noCatalogue, head)) }
        let deflate = compresses ? PerMessageDeflate.agree(to: head) : .none
        let isPrivate = (try? beginning.get()).flatMap { rooms.boards.board(of: $0.room.followed)?.isPrivate } ?? false
        let request = ConnectionAdmission.Request(token: token, isPrivate: isPrivate || wantsNotifications)
        admissions.enter(request, headers: head.headers, channel: channel) { [wantsNotifications] result in
            switch result {
            case .failure(let refusal): answer(refuse(refusal, head))
            case .success(let admission):
                answer(
                    .upgrade(fields: fields + deflate.fields) {
                        try SessionHandler(
                            admission, beginning: beginning, wantsNotifications: wantsNotifications,
                            compression: deflate.compression
                        ).install(on: $0)
                    })
            }
        }
    }

    private static func token(of head: HTTPRequestHead) throws(Refusal) -> [UInt8]? {
        do throws(APIError) {
            return try BearerToken.ofHandshake(head.headers)
        } catch {
            throw Refusal(error)
        }
    }

    private func refuse(_ refusal: Refusal, _ head: HTTPRequestHead) -> UpgradeDecision {
        admissions.status.metrics.recordRefusal(refusal.reason)
        var response = refusal.response
        response.fields += check.origins.fields(for: head.headers.first(name: "origin"))
        return .refuse(response)
    }
}

/// Where a connection starts.
struct Beginning: Sendable {
    let room: RoomKey
    /// The state of the room that the client says it has.
    let resume: ResumePoint?
}
