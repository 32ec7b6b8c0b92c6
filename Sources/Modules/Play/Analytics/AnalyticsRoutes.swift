import Access
import Basics
import HTTPKit
import HTTPTypes
import Leaderboard
import Logging
import NIOCore
import Signing
import StrictJSON

/// `/analytics`: a user's own days, and the overview for administrators. Days are those of UTC.
package struct AnalyticsRoutes: PlayRoutes {
    private let analytics: any AnalyticsStore
    private let gate: StoreGate
    private let now: @Sendable () -> Int64

    /// - Parameters:
    ///   - logger: is told when the store cannot be reached.
    ///   - now: in ms since 1970.
    package init(
        analytics: any AnalyticsStore, logger: Logger, now: @escaping @Sendable () -> Int64 = WallClock.milliseconds
    ) {
        self.analytics = analytics
        self.now = now
        gate = StoreGate("Analytics", logger: logger)
    }

    /// Adds the routes.
    package func addRoutes(to table: inout RouteTable) {
        table.add(.get, "/analytics/me", .users(.playWrite)) { try await own($0) }
        table.add(.get, "/analytics/overview", .admins(.playWrite)) { try await overview($0) }
    }

    private static func query(_ uri: String, _ name: String) throws(APIError) -> String? {
        do throws(FieldProblem) {
            return try QueryString(uri: uri, known: [name])[name]
        } catch {
            throw .invalidInput([error])
        }
    }

    // MARK: Own days

    private func own(_ request: RouteRequest) async throws -> Reply {
        let user = try request.bearer().subject
        let count = try Self.days(try Self.query(request.uri, "days"))
        let today = CivilDate(milliseconds: now())
        let days = try await gate.run { () throws(StoreError) in
            try await analytics.days(of: user, through: today, count: count)
        }
        return .json { json in
            json.beginObject()
            json.key("days")
            json.beginArray()
            for day in days { Self.write(day, to: &json) }
            json.endArray()
            json.member("active_days", days.count)
            json.member("points", days.reduce(0) { $0 &+ $1.points })
            json.member("tasks", days.reduce(0) { $0 + $1.tasks })
            json.endObject()
        }
    }

    private static func days(_ text: String?) throws(APIError) -> Int {
        guard let text else { return AnalyticsRules.daysDefault }
        guard text.utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains), let days = Int(text),
            AnalyticsRules.days.contains(days)
        else {
            let range = AnalyticsRules.days
            throw .invalidInput([
                FieldProblem(field: "days", reason: "must be \(range.lowerBound) to \(range.upperBound)")
            ])
        }
        return days
    }

    private static func write(_ day: UserDay, to json: inout JSONWriter<ByteBuffer>) {
        json.beginObject()
        json.member("day", day.day)
        json.member("points", day.points)
        json.member("events", day.events)
        json.member("tasks", day.tasks)
        json.member("rank", orNull: day.rank)
        json.endObject()
    }

    // MARK: Overview

    private func overview(_ request: RouteRequest) async throws -> Reply {
        let text = try Self.query(request.uri, "day")
        let wanted = text.map { CivilDate(text: $0) } ?? CivilDate(milliseconds: now())
        // Postgres has no year 0.
        guard let day = wanted, day.year > 0 else {
            throw APIError.invalidInput([FieldProblem(field: "day", reason: "must be a day, such as 2026-11-28")])
        }
        let overview = try await gate.run { () throws(StoreError) in try await analytics.overview(of: day) }
        return .json { Self.write(overview, of: day, to: &$0) }
    }

    private static func write(
        _ overview: AnalyticsOverview, of day: CivilDate, to json: inout JSONWriter<ByteBuffer>
    ) {
        json.beginObject()
        json.member("day", day.text)
        json.member("dau", overview.daily)
        json.member("wau", overview.weekly)
        json.member("mau", overview.monthly)
        json.member("new_users", overview.new)
        json.key("retention")
        json.beginArray()
        for cohort in overview.cohorts {
            json.beginObject()
            json.member("cohort", cohort.day)
            json.member("users", cohort.users)
            for (name, count) in zip(["day_1", "day_7", "day_30"] as [StaticString], cohort.returned) {
                json.member(name, orNull: count)
            }
            json.endObject()
        }
        json.endArray()
        write(overview.actions, "actions", "action", to: &json)
        write(overview.movers, "movers", "user_id", to: &json)
        json.endObject()
    }

    private static func write(
        _ rows: [AnalyticsOverview.Row], _ list: StaticString, _ name: StaticString,
        to json: inout JSONWriter<ByteBuffer>
    ) {
        json.key(list)
        json.beginArray()
        for row in rows {
            json.beginObject()
            json.member(name, row.name)
            json.member("points", row.points)
            json.member("events", row.events)
            json.endObject()
        }
        json.endArray()
    }
}
