import Basics
import Leaderboard
import Logging
import Metrics
import Players
import Reporting
import ServiceLifecycle
import Synchronization

/// Generates the challenges that wait in the table. All nodes with the role do so: each takes some under a lease.
package final class ChallengeGenerator: Service {
    /// What it may take at once, and how often it looks.
    package struct Rule: Sendable {
        /// Challenges that a node generates at the same time. It bounds the questions to the AI service.
        package var concurrency = 8
        /// How long a challenge is the node's alone. Longer than one takes, so that no two nodes make it.
        package var lease = Duration.seconds(60)
        /// From one look into the table to the next, with a jitter of ±20 %, if nobody calls ``wake()``.
        package var interval = Duration.seconds(1)

        /// The defaults.
        package init() {}
    }

    private let queue: any ChallengeQueue
    private let maker: ChallengeMaker
    private let live: any LiveSender
    private let rule: Rule
    private let trouble: TroubleLog
    private let liveTrouble: LiveTrouble
    private let signal = WakeSignal()
    private let running = Mutex(0)
    private let generated: [ChallengeOrigin: Counter]
    private let time = Timer(label: "scorecast_challenge_generation_seconds")

    /// - Parameters:
    ///   - live: tells the owner when a challenge is there.
    ///   - logger: is told when the stores cannot be reached.
    package init(
        queue: any ChallengeQueue, maker: ChallengeMaker, live: any LiveSender, rule: Rule = Rule(), logger: Logger
    ) {
        self.queue = queue
        self.maker = maker
        self.live = live
        self.rule = rule
        trouble = TroubleLog(
            warning: "Challenges cannot be generated", notice: "Challenges are generated again", logger: logger)
        liveTrouble = LiveTrouble(logger: logger)
        generated = Dictionary(
            uniqueKeysWithValues: ChallengeOrigin.allCases.map { origin in
                let dimensions = [("by", origin.rawValue)]
                return (origin, Counter(label: "scorecast_challenges_generated_total", dimensions: dimensions))
            })
    }

    /// Looks into the table at once. For any thread.
    package func wake() { signal.ring() }

    /// Generates until graceful shutdown. What is not finished by then is left to other nodes.
    package func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            await withDiscardingTaskGroup { tasks in
                while !Task.isCancelled {
                    let free = rule.concurrency - running.withLock { $0 }
                    let taken = free > 0 ? await claim(free) : []
                    for work in taken {
                        running.withLock { $0 += 1 }
                        tasks.addTask { [self] in
                            await generate(work)
                            running.withLock { $0 -= 1 }
                            // There is room for another one.
                            signal.ring()
                        }
                    }
                    if taken.isEmpty || taken.count < free || free == 0 { await pause() }
                }
            }
        }
    }

    private func claim(_ limit: Int) async -> [ChallengeWork] {
        do throws(StoreError) {
            let taken = try await queue.claim(limit: limit, lease: rule.lease)
            trouble.recordSuccess()
            return taken
        } catch {
            if !Task.isCancelled { trouble.recordFailure(error) }
            return []
        }
    }

    /// If the store fails, the challenge is taken again after the lease.
    private func generate(_ work: ChallengeWork) async {
        let start = ContinuousClock.now
        let made = await maker.make(work)
        // A node that shuts down has cancelled its questions: another node may have more luck.
        guard !Task.isCancelled else {
            // In a task of its own, since a cancelled one cannot ask a store.
            await Task { [queue] in _ = try? await queue.release(work.id) }.value
            return
        }
        do throws(StoreError) {
            guard let seen = try await queue.finish(work, made) else { return }
            generated[made.origin]?.increment()
            time.recordMilliseconds((ContinuousClock.now - start).wholeMilliseconds)
            await liveTrouble.run { () throws(StoreError) in
                try await live.send(ChallengeMessages.generated(seen), to: work.ownerID, isNotification: false)
            }
        } catch {
            if !Task.isCancelled { trouble.recordFailure(error) }
        }
    }

    private func pause() async {
        let wait = rule.interval * Double.random(in: 0.8...1.2)
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask { [signal] in await signal.wait() }
            tasks.addTask { try? await Task.sleep(for: wait) }
            await tasks.next()
            tasks.cancelAll()
        }
    }
}
