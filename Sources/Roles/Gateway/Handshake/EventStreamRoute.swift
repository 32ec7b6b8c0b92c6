import Access
import EventLoops
import HTTPKit
import Leaderboard
import Listener
import NIOCore
import NIOHTTP1

/// `GET /sse/scoreboard`: the messages of one room as server-sent events (HTML Standard, 9.2).
struct EventStreamRoute: UpgradeRoute {
    let rooms: RoomResolver
    let cors: OriginPolicy
    let admissions: ConnectionAdmission

    var template: String { "/sse/scoreboard" }

    func accepts(_ head: HTTPRequestHead) -> Bool { head.hasPath("/sse/scoreboard") }

    func decide(_ head: HTTPRequestHead, channel: any Channel, answer: @escaping @Sendable (UpgradeDecision) -> Void) {
        let origin = head.headers.first(name: "origin")
        if head.method == .OPTIONS, origin != nil, head.headers.contains(name: "access-control-request-method") {
            let fields = cors.preflightFields(for: origin, asked: head.headers["access-control-request-headers"])
            return answer(.refuse(FastResponse(status: .noContent, fields: fields)))
        }
        let beginning: Beginning
        do throws(Refusal) {
            beginning = try self.beginning(of: head)
        } catch {
            return answer(refuse(error, origin))
        }
        let request = ConnectionAdmission.Request(
            token: BearerToken.ofAuthorization(head.headers),
            isPrivate: rooms.boards.board(of: beginning.room.followed)?.isPrivate ?? true)
        admissions.enter(request, headers: head.headers, channel: channel) { result in
            do throws(Refusal) {
                let admission = try result.get()
                // The board may have changed while the connection waited.
                let board = try board(of: beginning.room)
                guard !board.isPrivate || admission.token != nil else {
                    throw admission.lacksScope ? .forbidden : .unauthorized
                }
                answer(
                    .stream(fields: Self.fields + cors.fields(for: origin)) {
                        try Self.install(on: $0, admission, beginning)
                    })
            } catch {
                answer(refuse(error, origin))
            }
        }
    }

    private func refuse(_ refusal: Refusal, _ origin: String?) -> UpgradeDecision {
        admissions.status.metrics.recordRefusal(refusal.reason)
        var response = refusal.response
        response.fields += cors.fields(for: origin)
        return .refuse(response)
    }

    private static let fields = [
        ("Content-Type", "text/event-stream"), ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"),
        // Without it nginx would gather the stream before it passes it on.
        ("X-Accel-Buffering", "no"),
    ]

    private func beginning(of head: HTTPRequestHead) throws(Refusal) -> Beginning {
        guard head.method == .GET || head.method == .HEAD else { throw .eventsMethod }
        do throws(RankingProblem) {
            let request = try RoomRequest(uri: head.uri)
            // The browser's own memory of the last event is newer than the address. An event that no stream of ours has
            // sent is an unknown state and not an error: the browser would send it again and again.
            let last = head.headers.first(name: "last-event-id")
            let room = try rooms.resolve(request)
            return Beginning(room: room, resume: last.map { ResumePoint($0) } ?? request.resumePoint)
        } catch {
            throw Refusal(error)
        }
    }

    private func board(of room: RoomKey) throws(Refusal) -> Board {
        do throws(RankingProblem) {
            return try rooms.boards.find(room.followed).board
        } catch {
            throw Refusal(error)
        }
    }

    private static func install(
        on channel: any Channel, _ admission: ConnectionAdmission.Admission, _ beginning: Beginning
    ) throws {
        let pipeline = channel.pipeline.syncOperations
        let stream = EventStreamHandler(admission)
        let http = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
        try pipeline.addHandler(stream, position: .after(http))
        let ticks = admission.hub.value.settings.liveness.silence
        try SocketOptions.set(on: channel, unacknowledgedMilliseconds: ticks * LoopHub.tickMilliseconds)
        // HTTP's handlers leave the pipeline until this tick ends; nothing can be written through them.
        channel.eventLoop.assumeIsolated().execute { stream.start(beginning) }
    }
}
