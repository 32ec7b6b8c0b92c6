import Leaderboard
import RedisClient

/// Parses the replies of `lua/apply.lua` and `lua/receipt.lua`.
package enum ApplyReply {
    /// - Parameter targets: the update's targets, whose first board a receipt does not repeat; nil to keep the
    ///   receipt's board.
    package static func outcome(
        _ reply: RESPValue, to targets: UpdateTargets? = nil
    ) -> Result<ApplyOutcome, StoreError> {
        if let error = reply.error { return .failure(StoreError(RedisError(reply: error))) }
        guard let bytes = reply.bytes, let outcome = parse(bytes, targets) else {
            return .failure(StoreError(.corrupt, "the script apply gave a malformed reply: \(reply)"))
        }
        return .success(outcome)
    }

    /// Returns the receipt that `lua/receipt.lua` found; nil if there is none, or if it has another `new_score`.
    package static func receipt(_ reply: RESPValue) -> Result<Receipt?, StoreError> {
        if reply.bytes.map({ $0.elementsEqual("none".utf8) }) == true { return .success(nil) }
        switch outcome(reply) {
        case .success(.replayed(let receipt)): return .success(receipt)
        case .success(.actionIDReused): return .success(nil)
        case .success(.closed): return .failure(StoreError(.closed, "a partition is closed"))
        case .success: return .failure(StoreError(.corrupt, "the script receipt gave an unexpected reply: \(reply)"))
        case .failure(let error): return .failure(error)
        }
    }

    private static func parse(_ bytes: [UInt8], _ targets: UpdateTargets?) -> ApplyOutcome? {
        let firstLine = bytes.prefix { $0 != UInt8(ascii: "\n") }
        let words = firstLine.split(separator: UInt8(ascii: " "))
        guard let first = words.first else { return nil }
        func says(_ word: StaticString, _ counts: ClosedRange<Int>) -> Bool {
            counts.contains(words.count) && word.withUTF8Buffer { first.elementsEqual($0) }
        }
        func receipt() -> Receipt? {
            guard var receipt = Self.receipt(words, targets) else { return nil }
            if firstLine.count < bytes.count {
                guard let rankings = rankings(bytes[(firstLine.count + 1)...]) else { return nil }
                receipt.rankings = rankings
            }
            return receipt
        }
        if says("applied", 3...4) { return receipt().map { .applied($0) } }
        if says("replayed", 3...4) { return receipt().map { .replayed($0) } }
        if says("limited", 3...3) {
            let name = String(decoding: words[1], as: UTF8.self)
            return Int64(decimal: words[2]).flatMap { limited(name, retryAfter: $0) }
        }
        if says("stale", 3...3) {
            guard let now = Int64(decimal: words[1]), let second = Int64(decimal: words[2]) else { return nil }
            return .stale(at: now, forgottenSecond: second)
        }
        if says("form", 2...2) { return .formChanged(board: String(decoding: words[1], as: UTF8.self)) }
        if says("reused", 1...1) { return .actionIDReused }
        if says("bounds", 1...1) { return .outOfBounds }
        if says("decrease", 1...1) { return .decreaseRefused }
        if says("sealed", 1...1) { return .sealed }
        return says("closed", 1...1) ? .closed : nil
    }

    private static func receipt(_ words: [ArraySlice<UInt8>], _ targets: UpdateTargets?) -> Receipt? {
        guard let score = Int64(decimal: words[1]), let rank = Int64(decimal: words[2]) else { return nil }
        var receipt = Receipt(score: score, rank: rank)
        if words.count == 4 {
            if targets.map({ !words[3].elementsEqual($0.boardID.utf8) }) ?? true {
                receipt.board = String(decoding: words[3], as: UTF8.self)
            }
        } else if let targets, let only = targets.targets.first?.ranking.board, only != targets.boardID {
            // The reply does not name the board of the only ranking. The first board has none if its season is over.
            receipt.board = only
        }
        return receipt
    }

    /// Returns the outcomes in the lines after the first one.
    private static func rankings(_ lines: ArraySlice<UInt8>) -> [RankingOutcome]? {
        var rankings: [RankingOutcome] = []
        for line in lines.split(separator: UInt8(ascii: "\n")) {
            let words = line.split(separator: UInt8(ascii: " "))
            guard words.count == 3 || words.count == 6 else { return nil }
            let names = words.prefix(3).map { String(decoding: $0, as: UTF8.self) }
            var place: RankingOutcome.Place?
            if words.count == 6 {
                guard let score = Int64(decimal: words[3]), let rank = Int64(decimal: words[4]) else { return nil }
                place = RankingOutcome.Place(
                    score: score, rank: rank, isChanged: words[5].elementsEqual(CollectionOfOne(UInt8(ascii: "1"))))
            }
            rankings.append(
                RankingOutcome(ranking: Ranking(board: names[0], window: names[1], period: names[2]), place: place))
        }
        return rankings
    }

    private static func limited(_ name: String, retryAfter: Int64) -> ApplyOutcome? {
        switch UpdateLimit.Name(rawValue: name) {
        case .rate: .rateLimited(retryAfterMilliseconds: retryAfter)
        case .cooldown: .actionLimited(.cooldown, retryAfterMilliseconds: retryAfter)
        case .daily: .actionLimited(.daily, retryAfterMilliseconds: retryAfter)
        case .velocity: .velocityExceeded
        case nil: nil
        }
    }
}
