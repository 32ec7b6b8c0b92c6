import Foundation

/// A condition did not come true in time.
public struct NotInTime: Error, CustomStringConvertible, Sendable {
    /// The condition, the time, the place, and the last error.
    public let description: String

    fileprivate init(_ what: String, _ timeout: Duration, _ last: (any Error)?, _ file: StaticString, _ line: UInt) {
        let reason = last.map { "; the last error: \($0)" } ?? ""
        description = "\(file):\(line): \(what) did not come true within \(timeout)\(reason)"
    }
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
        guard ContinuousClock.now < deadline else { throw NotInTime(what, timeout, last, file, line) }
        try await Task.sleep(for: interval)
    }
}

/// The same on a thread that may block, for tests whose clients block. An error of the condition ends the wait.
///
/// - Throws: `NotInTime`, which fails the test; what the condition throws.
public func waitUntil(
    _ what: String, timeout: Duration = .seconds(30), file: StaticString = #fileID, line: UInt = #line,
    _ condition: () throws -> Bool
) throws {
    let deadline = ContinuousClock.now + timeout
    while try !condition() {
        guard ContinuousClock.now < deadline else { throw NotInTime(what, timeout, nil, file, line) }
        Thread.sleep(forTimeInterval: 0.002)
    }
}
