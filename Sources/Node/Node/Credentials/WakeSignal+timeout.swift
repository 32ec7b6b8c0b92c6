import Basics
import ServiceLifecycle

extension WakeSignal {
    /// Waits for a ring, for a time to pass, or for the shutdown of the node.
    func wait(upTo limit: Duration) async {
        guard limit > .zero else { return }
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.wait() }
                group.addTask { try? await Task.sleep(for: limit) }
                await group.next()
                group.cancelAll()
            }
        }
    }
}
