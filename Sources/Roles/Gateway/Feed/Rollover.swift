import Leaderboard
import NIOCore

/// The way of one watched window from a period to the next. Not thread-safe; lives on the home loop.
///
/// A read of the current top makes a rollover that is due (see `LeaderboardReader`), so the window only has to be read
/// when its period has ended. A window that nobody has scored in has no period in the store. It gets one while it is
/// watched, so that also its next rollover has a version of its own.
final class Rollover {
    private let home: any EventLoop
    private let turner: any PeriodTurner
    private var timer: Scheduled<Void>?
    /// The period that the store was given, or is being given.
    private var stamped: Period?

    init(home: any EventLoop, turner: any PeriodTurner) {
        self.home = home
        self.turner = turner
    }

    /// Plans the rollover after a read.
    ///
    /// - Parameters:
    ///   - answer: the answer to the read.
    ///   - board: the board that was read.
    ///   - window: the window that was read.
    ///   - read: reads the window again. Called on the home loop, unless `cancel` or another plan comes first.
    func plan(after answer: RankingAnswer, of board: Board, _ window: Window, read: @escaping () -> Void) {
        cancel()
        if answer.version == 0, !window.hasOnePeriod { stamp(answer.period, of: board, window) }
        guard let wait = RolloverPlan.wait(for: answer.period, at: answer.at, dice: .random(in: 0..<1)) else { return }
        timer = home.assumeIsolated().scheduleTask(in: .milliseconds(wait), read)
    }

    /// Forgets the plan.
    func cancel() {
        timer?.cancel()
        timer = nil
    }

    /// If it fails, the next read tries again.
    private func stamp(_ period: Period, of board: Board, _ window: Window) {
        guard stamped != period else { return }
        stamped = period
        let bound = NIOLoopBound(self, eventLoop: home)
        Task { [home, turner] in
            do throws(StoreError) {
                _ = try await turner.turn(board, window: window, to: period)
            } catch {
                home.execute { bound.value.stamped = nil }
            }
        }
    }
}
