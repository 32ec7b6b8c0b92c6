/// Waits for work, but not longer than a given time. The work goes on afterwards.
enum Patience {
    /// - Parameters:
    ///   - limit: how long to wait at most.
    ///   - work: runs to its end in any case.
    static func wait(upTo limit: Duration, for work: @escaping @Sendable () async -> Void) async {
        let (ends, continuation) = AsyncStream.makeStream(of: Void.self)
        let worker = Task {
            await work()
            continuation.finish()
        }
        let alarm = Task {
            try? await Task.sleep(for: limit)
            continuation.finish()
        }
        for await _ in ends {}
        alarm.cancel()
        _ = worker
    }
}
