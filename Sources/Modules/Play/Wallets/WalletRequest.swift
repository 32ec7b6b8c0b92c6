import Basics
import HTTPKit
import Leaderboard
import NIOCore
import Players
import StrictJSON

/// The body of a request that changes a wallet, checked. Pure.
package struct WalletRequest: Sendable, Equatable {
    package let currency: Currency
    package let amount: Int64
    package let reason: String
    package let reference: String

    /// The reasons of this server's own entries. A client that could use them could forge what a task earned, or take
    /// the place of an entry that is still to come.
    package static let ownReasons: Set<String> = ["task", "challenge", "hint", "reward"]
    /// What reasons of administrators begin with.
    private static let adminPrefix = "admin"
    /// Longer texts are refused while they are read.
    private static let textBytesMax = 1024

    /// Reads a body.
    package init(_ body: ByteBuffer) throws(APIError) {
        var texts: [String: String] = [:]
        var amount: Int64?
        var problems: [FieldProblem] = []
        try body.readJSONObject { key, reader throws(JSONError) in
            let member = key.string
            switch member {
            case "currency", "reason", "reference":
                if try !reader.readNullIfPresent() {
                    texts[member] = try reader.readString(maxBytes: Self.textBytesMax)
                }
            case "amount": amount = try reader.readIntegerOrNull()
            default: problems.append(.unknownMember(member))
            }
        }
        func check(_ holds: Bool, _ field: String, _ reason: String) {
            if !holds { problems.append(FieldProblem(field: field, reason: reason)) }
        }
        let currency = texts["currency"].flatMap { Currency(rawValue: $0) }
        let names = Currency.allCases.map(\.rawValue).joined(separator: ", ")
        check(currency != nil, "currency", "must be one of \(names)")
        let amounts = 1...Wallet.balanceMax
        check(amount.map(amounts.contains) ?? false, "amount", "must be 1 to \(Wallet.balanceMax)")
        func text(_ field: String, _ bytesMax: Int) -> String? {
            let text = texts[field].flatMap { $0.utf8.count <= bytesMax && Names.isPrintable($0) ? $0 : nil }
            check(text != nil, field, "must be 1 to \(bytesMax) bytes of printable UTF-8")
            return text
        }
        let reason = text("reason", WalletChange.reasonBytesMax)
        if let reason {
            let isOwn = Self.ownReasons.contains(reason) || reason.hasPrefix(Self.adminPrefix)
            check(!isOwn, "reason", "is one of the server's own")
        }
        let reference = text("reference", WalletChange.referenceBytesMax)
        guard problems.isEmpty, let currency, let amount, let reason, let reference else {
            throw .invalidInput(problems)
        }
        (self.currency, self.amount, self.reason, self.reference) = (currency, amount, reason, reference)
    }
}
