import ServiceLifecycle

/// A service and when it starts. What starts later stops earlier.
package struct ModuleService: Sendable {
    /// Phases in the order of their start.
    package enum Phase: Int, Comparable, Sendable {
        /// Connections to stores, and the keys.
        case stores
        /// What follows and moves data: catalogue, persister, feed.
        case work
        /// What accepted work waits in, and must be settled while the phases above still run.
        case buffers
        /// What lets clients in.
        case listeners

        package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    package let phase: Phase
    package let service: any Service

    package init(_ service: any Service, in phase: Phase = .work) {
        self.service = service
        self.phase = phase
    }

    /// The services in the order of their start: by phase, and within a phase in the order given.
    package static func ordered(_ services: [ModuleService]) -> [any Service] {
        services.enumerated()
            .sorted { ($0.element.phase, $0.offset) < ($1.element.phase, $1.offset) }
            .map(\.element.service)
    }
}
