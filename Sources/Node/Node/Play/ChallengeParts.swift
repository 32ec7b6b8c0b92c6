import Play
import Players
import PostgresClient

/// Challenges and the AI service.
struct ChallengeParts {
    let routes: [any PlayRoutes] = []
    let services: [ModuleService] = []
    /// Answers the calls of gateways.
    let calls: any RoomCalls

    init(_ node: NodeContext, pool: PostgresPool, awards: AwardParts, live: LiveParts) throws {
        calls = NoCalls()
    }
}

private struct NoCalls: RoomCalls {
    func answer(_ call: RoomCall) async -> RoomAnswer { .unavailable }
}
