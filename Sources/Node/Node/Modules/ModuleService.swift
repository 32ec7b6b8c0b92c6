import ServiceLifecycle

/// A service and the phase in which it starts. Services that start later stop earlier.
package struct ModuleService: Sendable {
    /// Phases in the order of their start.
    package enum Phase: Int, Comparable, Sendable {
        /// Connections to stores, and the keys.
        case stores
        /// Services that follow and move data: catalogue, persister, feed.
        case work
        /// Buffers of accepted work, which must be emptied while the phases above still run.
        case buffers
        /// Services that let clients in.
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
