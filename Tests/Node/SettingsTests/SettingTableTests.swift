import Foundation
import Node
import Settings
import TestSupport
import Testing

@Suite("The tables of settings in docs/operations.md")
struct SettingTableTests {
    private static let manual = Checkout.root.appendingPathComponent("docs/operations.md")

    /// `SCORECAST_WRITE_TABLES=1` writes the tables instead of comparing them.
    private static let writes = ProcessInfo.processInfo.environment["SCORECAST_WRITE_TABLES"] == "1"

    @Test("each section's table is what its definitions say")
    func tables() throws {
        var text = try String(contentsOf: Self.manual, encoding: .utf8)
        for section in SettingCatalogue.node.sections {
            let table = SettingTable(section: section)
            let parts = text.components(separatedBy: table.marks.begin)
            let rest = parts.last?.components(separatedBy: table.marks.end) ?? []
            try #require(parts.count == 2 && rest.count == 2, "operations.md has no \(table.marks.begin)")
            let wanted = "\n\(table.markdown)\n"
            if Self.writes {
                text = parts[0] + table.marks.begin + wanted + table.marks.end + rest[1]
            } else {
                #expect(
                    rest[0] == wanted,
                    "run SCORECAST_WRITE_TABLES=1 swift test --filter SettingTableTests")
            }
        }
        if Self.writes { try text.write(to: Self.manual, atomically: true, encoding: .utf8) }
    }
}
