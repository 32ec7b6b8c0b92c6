import HTTPKit
import Leaderboard
import Logging
import Reporting

/// Runs the work of stores for routes. If a store fails, operators are told, and the client may try again.
package struct StoreGate: Sendable {
    private let trouble: TroubleLog

    /// - Parameter subject: what the stores hold, at the beginning of a sentence, such as `Tasks`.
    package init(_ subject: String, logger: Logger) {
        trouble = TroubleLog(
            warning: "\(subject) cannot be read or changed", notice: "\(subject) can be read and changed again",
            logger: logger)
    }

    /// Runs the work of a store.
    package func run<Value: Sendable>(_ body: () async throws(StoreError) -> Value) async throws(APIError) -> Value {
        do throws(StoreError) {
            let value = try await body()
            trouble.recordSuccess()
            return value
        } catch {
            trouble.recordFailure(error)
            throw .unavailable
        }
    }
}
