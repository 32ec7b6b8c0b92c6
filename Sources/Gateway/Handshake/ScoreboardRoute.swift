import Leaderboard
import Listener
import NIOCore
import NIOHTTP1

/// `GET /ws/scoreboard`: where a watcher's connection leaves HTTP.
struct ScoreboardRoute: UpgradeRoute {
    let check: HandshakeCheck
    let entrance: Entrance
    let compresses: Bool

    var template: String { "/ws/scoreboard" }

    func accepts(_ head: HTTPRequestHead) -> Bool { head.hasPath("/ws/scoreboard") }

    func decide(_ head: HTTPRequestHead, channel: any Channel, answer: @escaping @Sendable (UpgradeDecision) -> Void) {
        let agreement: HandshakeCheck.Agreement
        do throws(Refusal) {
            agreement = try check.agree(to: head)
        } catch {
            return answer(refuse(error, head))
        }
        let deflate = compresses ? PerMessageDeflate.agree(to: head) : .none
        let request = Entrance.Request(
            token: BearerToken.ofHandshake(head.headers), isPrivate: agreement.room?.board.isPrivate ?? false)
        entrance.enter(request, headers: head.headers, channel: channel) { result in
            switch result {
            case .failure(let refusal): answer(refuse(refusal, head))
            case .success(let admission):
                if agreement.room == nil { entrance.status.metrics.upgradeRefused(.board) }
                answer(
                    .upgrade(fields: agreement.fields + deflate.fields) {
                        let session = SessionHandler(
                            admission, room: agreement.room, resume: agreement.resume, wire: deflate.wire)
                        try session.install(on: $0)
                    })
            }
        }
    }

    private func refuse(_ refusal: Refusal, _ head: HTTPRequestHead) -> UpgradeDecision {
        entrance.status.metrics.upgradeRefused(refusal.reason)
        var response = refusal.response
        response.fields += check.origins.fields(for: head.headers.first(name: "origin"))
        return .refuse(response)
    }
}
