import Leaderboard
import Node
import Persister
import StrictJSON

/// The result of `scorecast rebuild` for one partition, as a sentence and as JSON.
struct RebuildLine: Sendable {
    /// The sentence.
    let text: String
    /// The members of the JSON object, in order.
    private let members: [(name: StaticString, value: JSONValue)]

    init(_ preview: RebuildPreview) {
        let differences = preview.differences
        text =
            "Partition \(preview.partition): \(preview.entries) entries in Postgres. In Redis "
            + "\(differences.missing) are missing, \(differences.different) differ, \(preview.extra) are extra, and "
            + "\(preview.events) events are not in the ledger."
        members = [
            ("partition", .integer(Int64(preview.partition))), ("entries", .integer(preview.entries)),
            ("missing", .integer(differences.missing)), ("different", .integer(differences.different)),
            ("extra", .integer(preview.extra)), ("events_not_in_ledger", .integer(Int64(preview.events))),
        ]
    }

    init(_ outcome: RebuildWork.Outcome) {
        switch outcome {
        case .done(let report):
            text =
                "Partition \(report.partition): rebuilt with \(report.entries) entries, open again after event "
                + "\(report.seq). \(report.carried) events were carried to the ledger first, and \(report.orphans) "
                + "were put aside in orphaned_events."
            members = [
                ("partition", .integer(Int64(report.partition))), ("by", .string("command")),
                ("epoch", .string(report.epoch)), ("seq", .integer(report.seq)), ("entries", .integer(report.entries)),
                ("carried", .integer(Int64(report.carried))), ("orphans", .integer(Int64(report.orphans))),
            ]
        case .doneByPersister(let partition, let epoch, let seq):
            text = "Partition \(partition): rebuilt by the persister that holds its lease, open again at event \(seq)."
            members = [
                ("partition", .integer(Int64(partition))), ("by", .string("persister")), ("epoch", .string(epoch)),
                ("seq", .integer(seq)),
            ]
        }
    }

    /// One JSON document for all partitions.
    static func document(_ lines: [RebuildLine], isPreview: Bool) -> String {
        var text: [UInt8] = []
        JSONWriter.append(to: &text) { json in
            json.beginObject()
            json.member("dry_run", isPreview)
            json.key("partitions")
            json.beginArray()
            for line in lines {
                json.beginObject()
                for (name, value) in line.members {
                    switch value {
                    case .integer(let number): json.member(name, number)
                    default: json.member(name, value.string ?? "")
                    }
                }
                json.endObject()
            }
            json.endArray()
            json.endObject()
        }
        return String(decoding: text, as: UTF8.self)
    }
}
