import Leaderboard
import Node
import Play
import Settings
import Storage

extension Database {
    /// Adds rates, templates of tasks and badges, each if there are none, so that there is something to play.
    public static func addStarterPlay(_ configuration: NodeConfiguration) async throws {
        try await withPool(configuration) { pool in
            let rates = PostgresRateStore(pool: pool)
            if try await rates.rates(.taskType, after: nil, limit: 1).isEmpty {
                for rate in starterRates { _ = try await rates.put(rate, .taskType) }
            }
            let templates = PostgresTemplateStore(pool: pool)
            if try await templates.templates(after: nil, limit: 1).isEmpty {
                for template in starterTemplates { _ = try await templates.put(template) }
            }
            let badges = PostgresBadges(pool: pool, playBoard: configuration[PlaySettings.self].board)
            if try await badges.badges(after: nil, limit: 1).isEmpty {
                for badge in starterBadges { _ = try await badges.put(badge) }
            }
        }
    }

    private static var starterRates: [NamedRate] {
        [
            NamedRate(name: "walk", rate: Rate(points: 10, coins: 5)),
            NamedRate(name: "read", rate: Rate(points: 15, coins: 5)),
            NamedRate(name: "learn", rate: Rate(points: 25, coins: 10)),
        ]
    }

    private static var starterTemplates: [TaskTemplate] {
        [
            template("daily-walk", "Walk for 20 minutes", type: "walk", .daily),
            template("daily-read", "Read ten pages", type: "read", .daily),
            template("say-hello", "Say hello to another player", type: "learn", .once),
        ]
    }

    private static func template(_ id: String, _ title: String, type: String, _ rhythm: TaskRepeat) -> TaskTemplate {
        var content = TaskContent(title: title)
        content.type = type
        return TaskTemplate(id: id, content: content, rhythm: rhythm)
    }

    /// Tasks are in the ledger under the reserved action `sys-task`.
    private static var starterBadges: [Badge] {
        let task = ReservedAction.prefix + "task"
        return [
            Badge(
                id: "first-task", name: "First task", description: "Complete a task.", icon: "🌱",
                rule: .count(atLeast: 1, action: task, board: nil)),
            Badge(
                id: "ten-tasks", name: "Ten tasks", description: "Complete ten tasks.", icon: "🔟",
                rule: .count(atLeast: 10, action: task, board: nil)),
            Badge(
                id: "three-days", name: "Three days", description: "Earn points on three days in a row.", icon: "🔥",
                rule: .streak(atLeast: 3)),
            Badge(
                id: "hundred-points", name: "A hundred points", description: "Earn a hundred points.", icon: "💯",
                rule: .points(atLeast: 100, action: nil, board: nil)),
        ]
    }
}
