import ServiceLifecycle

/// A service, and the phase in which it starts. Services of later phases stop earlier.
package struct ModuleService: Sendable {
    /// The phases, in the order in which they start.
    package enum Phase: Int, Comparable, Sendable {
        /// Connections to stores, and the keys.
        case stores
        /// Services that follow and move data: catalogue, persister, feed.
        case work
        /// Buffers of accepted work. They must be empty before the phases above stop.
        case buffers
        /// Listeners, which let clients in.
        case listeners

        package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    package let phase: Phase
    package let service: any Service

    package init(_ service: any Service, in phase: Phase = .work) {
        self.service = service
        self.phase = phase
    }

    /// Returns the services in the order of their start: by phase, and within a phase in the order given.
    package static func ordered(_ services: [ModuleService]) -> [any Service] {
        services.enumerated()
            .sorted { ($0.element.phase, $0.offset) < ($1.element.phase, $1.offset) }
            .map(\.element.service)
    }
}
