import AIClient
import Play
import Players
import PostgresClient
import Settings
import Storage

/// Challenges and the AI service.
struct ChallengeParts {
    let routes: [any PlayRoutes]
    let services: [ModuleService]
    /// Answers the calls of gateways.
    let calls: any RoomCalls

    init(
        _ node: NodeContext, pool: PostgresPool, live: LiveParts, completion: Completion
    ) {
        let settings = node.configuration[PlaySettings.self]
        let store = PostgresChallengeStore(pool: pool)
        let ai = settings.aiURL.map { url in
            AIService(
                client: AIClient(url: url, token: settings.aiToken?.reveal(), group: node.group, logger: node.logger))
        }
        let generator = ChallengeGenerator(
            queue: PostgresChallengeQueue(pool: pool), maker: ChallengeMaker(ai: ai), live: live.sender,
            logger: node.logger)
        routes = [
            ChallengeRoutes(
                challenges: store, live: live.sender, idempotency: node.idempotency, logger: node.logger,
                wake: { generator.wake() }),
            ChallengeCompletionRoute(
                completions: PostgresChallengeCompletions(pool: pool, board: settings.board),
                completion: completion, idempotency: node.idempotency, logger: node.logger, now: node.now),
        ]
        services = [ModuleService(node.stores.afterStores(generator))]
        calls = ChallengeRooms(challenges: store, live: live.sender, logger: node.logger)
    }
}
