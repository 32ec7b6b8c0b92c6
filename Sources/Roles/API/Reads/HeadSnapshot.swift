import Leaderboard
import NIOConcurrencyHelpers

/// The head of a ranking as it was read, and the answers that were made from it.
final class HeadSnapshot: Sendable {
    private struct Form: Hashable {
        let limit: Int
        let fields: EntryFields
    }

    private let answer: RankingAnswer
    private let ranking: Ranking
    private let made = NIOLockedValueBox<[Form: Representation]>([:])

    /// Answers that are kept. Clients mostly use a few limits.
    private static let madeMax = 8

    init(_ answer: RankingAnswer, of board: Board, window: Window) {
        self.answer = answer
        ranking = Ranking(board: board.id, window: window.name, period: answer.period.name)
    }

    /// The first page with a limit; nil if the answer does not have the cursor of the page after it.
    func page(limit: Int, fields: EntryFields) -> Representation? {
        let form = Form(limit: limit, fields: fields)
        if let made = made.withLockedValue({ $0[form] }) { return made }
        let entries = answer.entries.prefix(limit)
        let isCut = entries.count < answer.entries.count
        let next = isCut ? entries.last?.after : answer.next
        guard !isCut || next != nil else { return nil }
        let page = RankingJSON.page(answer, of: ranking, entries: entries, next: .some(next), fields: fields)
        made.withLockedValue { made in
            if made.count < Self.madeMax { made[form] = page }
        }
        return page
    }
}
