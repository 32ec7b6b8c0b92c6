/// Every setting there is: those that several parts of a node read, and a section for each module that has its own.
public struct SettingCatalogue: Sendable {
    /// Settings that belong together, in listings and in the docs.
    package struct Section: Sendable {
        /// `common`, or the module's word.
        package let name: String
        package let definitions: [SettingDefinition]
        let conflicts: @Sendable (NodeConfiguration) -> [SettingConflict]
    }

    /// The sections, in the order of listings and messages.
    package private(set) var sections: [Section]

    /// The settings that several parts of a node read.
    public static let common = SettingCatalogue(sections: [
        Section(name: "common", definitions: NodeConfiguration.commonDefinitions, conflicts: { _ in [] })
    ])

    /// With a module's settings as one more section.
    package func adding<Group: SettingGroup>(_ name: String, _ group: Group.Type) -> Self {
        var catalogue = self
        catalogue.sections.append(
            Section(name: name, definitions: group.definitions, conflicts: { $0[group].conflicts }))
        return catalogue
    }

    /// Every setting, in the order of listings and messages.
    package var definitions: [SettingDefinition] { sections.flatMap(\.definitions) }

    /// The setting of a variable.
    func definition(_ name: String) -> SettingDefinition? { definitions.first { $0.name == name } }

    /// The variables that a file may hold, `…_FILE` among them.
    var fileKeys: [String] { definitions.flatMap { [$0.name] + ($0.fileName.map { [$0] } ?? []) } }

    /// The variables that the environment may hold.
    var environmentKeys: [String] { fileKeys + [SettingDefinition.configurationFile] }
}
