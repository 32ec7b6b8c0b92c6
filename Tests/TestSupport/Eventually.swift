/// A condition did not come true in time.
public struct NotInTime: Error, CustomStringConvertible, Sendable {
    /// The condition, the time, the place, and the last error.
    public let description: String
}

/// Waits until a condition holds, and asks every `interval`: for tests, instead of a sleep.
///
/// An error that the condition throws counts as "not yet"; the last one is part of the failure.
///
/// - Parameters:
///   - what: the condition in words, for the failure's message.
///   - timeout: the time after which to give up. Only a failing test waits that long.
/// - Throws: `NotInTime`, which fails the test; `CancellationError`.
public func eventually(
    _ what: String = "the condition", timeout: Duration = .seconds(30), every interval: Duration = .milliseconds(20),
    isolation: isolated (any Actor)? = #isolation, file: StaticString = #fileID, line: UInt = #line,
    _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + timeout
    var last: (any Error)?
    while true {
        do {
            if try await condition() { return }
            last = nil
        } catch let error as CancellationError {
            throw error
        } catch {
            last = error
        }
        guard ContinuousClock.now < deadline else {
            let reason = last.map { "; the last error: \($0)" } ?? ""
            throw NotInTime(description: "\(file):\(line): \(what) did not come true within \(timeout)\(reason)")
        }
        try await Task.sleep(for: interval)
    }
}
