import Node
import Settings

/// The table of a section's settings, as the docs have it.
struct SettingTable {
    let section: SettingCatalogue.Section

    /// The lines before and after the table.
    var marks: (begin: String, end: String) {
        ("<!-- settings: \(section.name) -->", "<!-- end of settings: \(section.name) -->")
    }

    /// The table in Markdown.
    var markdown: String {
        let head = ["| variable | default | values | |", "|---|---|---|---|"]
        return (head + section.definitions.map(row)).joined(separator: "\n")
    }

    private func row(_ definition: SettingDefinition) -> String {
        let mark = definition.kind == .secret ? " S" : ""
        let cells = ["`\(definition.name)`\(mark)", standard(definition), definition.values, definition.description]
        return "| " + cells.joined(separator: " | ") + " |"
    }

    private func standard(_ definition: SettingDefinition) -> String {
        if let value = definition.render(NodeConfiguration(catalogue: .node)) { return "`\(value)`" }
        switch definition.absence {
        case .uses(let text), .means(let text): return text
        }
    }
}
