/// Advice about a failure, in a sentence or two, derived from the clients' view of it. Pure.
package struct Hint: Sendable, Equatable {
    /// The failure: a code, a loss, or the name of a proof or threshold.
    package var about: String
    /// The number of times that it happened; nil if a number has no meaning.
    package var count: Int?
    /// The advice.
    package var text: String

    package init(about: String, count: Int? = nil, text: String) {
        self.about = about
        self.count = count
        self.text = text
    }

    /// For a person, without a context: `687 × 429 rate_limited by user: …`.
    package var line: String { "\(count.map { "\($0) × " } ?? "")\(about): \(text)" }

    // MARK: Requests

    /// About an update that was refused before the traffic.
    ///
    /// - Parameters:
    ///   - name: as in ``UpdateTally/errors``.
    ///   - clocks: the seconds by which a node's clock is ahead of this machine's.
    ///   - gain: the points that it would have brought, when they are many.
    static func beforeTraffic(_ name: String, clocks: Int, gain: Int64? = nil) -> String {
        if let gain, name.hasPrefix("403 suspicious"), abs(clocks) < clockLimit {
            return
                "The keys differ: SCORECAST_ACTION_KEYS must be those of the deployment. If they are, \(gain) points "
                + "at once pass SCORECAST_VELOCITY_LIMIT: set it to off for the test, or use an empty board."
        }
        return of(error: name, clocks: clocks) ?? "Look at the logs of the nodes."
    }

    /// About an error of requests, by its name in ``UpdateTally/errors``; nil when there is nothing to say.
    ///
    /// - Parameter clocks: the seconds by which a node's clock is ahead of this machine's.
    package static func of(error name: String, clocks: Int) -> String? {
        let status = Int(name.prefix(3)) ?? 0
        switch status {
        case 300..<400: return "Redirects are not followed: give --url the address that it leads to."
        case 400, 413, 415: return "The nodes run a version of Scorecast that this harness does not fit."
        case 401:
            return clockText(clocks, "tokens")
                ?? ("The keys differ: SCORECAST_JWT_SECRET, SCORECAST_JWT_ISSUER and SCORECAST_JWT_AUDIENCE must be "
                    + "those of the deployment.")
        case 403: return forbidden(name, clocks)
        case 404:
            return "A node does not know the action: somebody deleted it, or nodes read different databases."
        case 409: return "Somebody else sent an action id of this run."
        case 429: return limited(name)
        case 502, 504: return "A proxy did not reach a node: look at its log and at /readyz of the nodes."
        case 503:
            return
                "A node could not reach Redis, or its outbox is full: look at /readyz, its log, and whether a "
                + "persister runs."
        case 500..<600: return "A node failed: look at its log."
        default: return connection(name)
        }
    }

    private static func forbidden(_ name: String, _ clocks: Int) -> String {
        guard name.hasPrefix("403 suspicious") else {
            return "The token may not do this, or a proxy refuses it: /update-scores and /actions must reach the nodes."
        }
        return clockText(clocks, "action ids")
            ?? ("The keys differ: SCORECAST_ACTION_KEYS must be those of the deployment. If they are, "
                + "SCORECAST_VELOCITY_LIMIT is passed.")
    }

    private static func limited(_ name: String) -> String {
        if name.hasSuffix(" by address") {
            return "Raise SCORECAST_ADDRESS_RATE_LIMIT on the nodes, lower updates.rate, or send from several machines."
        }
        if name.hasSuffix(" by daily") || name.hasSuffix(" by cooldown") {
            return "The action has a limit in the catalogue: give updates.action another name."
        }
        return "Set SCORECAST_RATE_LIMIT=off on the nodes, lower updates.rate, or raise updates.users."
    }

    private static func connection(_ name: String) -> String? {
        switch ConnectionTrouble(rawValue: name) {
        case .timeout:
            return
                "No answer within updates.timeout: a node hangs or has too much to do. Lower updates.rate or add nodes."
        case .connectTimeout:
            return "Connections were not accepted in time: a firewall drops them, or the node's queue is full."
        case .refused: return "Nobody listened there: a node was down, or the port is wrong."
        case .noDescriptors:
            return "Raise the limit of open files before the run (ulimit -n), or split the run over processes."
        case .noPorts:
            return "All local ports towards one address are in use: give more addresses, or use several machines."
        case .noRoute: return "The host's name or its network is not known here."
        case .reset: return "A node or a proxy cut connections: look whether it restarted, and at its limits."
        case .failed: return "Look whether the node runs, and at what is between."
        case nil: return name == "no action id" ? "The first of SCORECAST_ACTION_KEYS cannot sign." : nil
        }
    }

    // MARK: Watchers

    /// About connections of watchers that were lost, by their name in ``WatchTally/losses``.
    package static func of(loss name: String) -> String? {
        if let trouble = name.split(separator: ":").last, name.hasPrefix("unreachable: ") {
            return connection(String(trouble.drop { $0 == " " }))
        }
        if name.hasPrefix("refused 429") {
            return
                "Raise SCORECAST_GATEWAY_ADDRESS_CONNECTIONS and SCORECAST_GATEWAY_ADDRESS_JOIN_RATE on the gateways."
        }
        if name.hasPrefix("refused 503") {
            return "The gateway is full, not ready, or takes fewer a second: look at SCORECAST_GATEWAY_CONNECTIONS and "
                + "SCORECAST_GATEWAY_JOIN_RATE, or lower watchers.arrivals."
        }
        if name.hasPrefix("refused 403") { return "A proxy or SCORECAST_ALLOWED_ORIGINS refuses them." }
        if name.hasPrefix("refused 3") {
            return "Redirects are not followed: give --watch-url the address that it leads to."
        }
        switch name {
        case "refused 401 unauthorized", "ended unauthorized":
            return "The board is private; watchers of load tests have no token."
        case "refused 404 without a code", "ended not_found":
            return "There is no such board, or no gateway at that address: --watch-url must name one."
        case "closed 1012", "asked_to_reconnect": return "A gateway was stopped or restarted during the test."
        case "closed without a code":
            return "A gateway or a proxy ended without a word: look at its log and at its timeouts."
        case "silent": return "No frame came for a minute: a proxy holds them back, or the gateway hangs."
        case "handshake_timed_out": return "Lower watchers.arrivals, or add gateways."
        default: return nil
        }
    }

    // MARK: The harness and clocks

    /// Smaller differences of clocks cause no failures.
    static let clockLimit = 5

    private static func clockText(_ clocks: Int, _ what: String) -> String? {
        guard abs(clocks) >= clockLimit else { return nil }
        return
            "Clocks differ by \(abs(clocks)) s: a node is \(clocks > 0 ? "ahead" : "behind"), so \(what) made here are "
            + "not good there. Set the clocks (NTP)."
    }

    /// About requests that went out late.
    ///
    /// - Parameters:
    ///   - cores: the cores that this process kept busy.
    ///   - coresMax: the cores of this machine.
    package static func lateness(_ updates: UpdateTally, cores: Double, of coresMax: Int) -> String {
        let isBusy = cores > 0.7 * Double(coresMax)
        if updates.lateForConnections * 2 > updates.late, !isBusy {
            return "All connections were busy: raise updates.connections, lower updates.rate, or make the nodes answer "
                + "faster."
        }
        return
            "The harness did not get to them in time (it used \(Figure.tenths(cores)) of \(coresMax) cores): use fewer "
            + "watchers, several processes, or a machine of its own."
    }
}

extension LoadReport {
    /// Advice about all failures, the most frequent first.
    package var hints: [Hint] {
        var hints: [Hint] = []
        for (name, count) in updates.errors.sorted {
            guard let text = Hint.of(error: name, clocks: run.clocks) else { continue }
            hints.append(Hint(about: name, count: count, text: text))
        }
        for (name, count) in watching.losses.sorted {
            guard let text = Hint.of(loss: name) else { continue }
            hints.append(Hint(about: name, count: count, text: text))
        }
        if isHarnessLate {
            hints.append(
                Hint(
                    about: "late requests", count: updates.late,
                    text: latenessHint))
        }
        if watching.staleness.belowZero > 0 {
            hints.append(
                Hint(
                    about: "messages before their commit", count: watching.staleness.belowZero,
                    text: "This machine's clock is behind Redis', so staleness is too small. Set the clocks (NTP)."))
        }
        for proof in proofs where !proof.holds {
            if let text = proofHint(proof) { hints.append(Hint(about: proof.name, text: text)) }
        }
        for threshold in thresholds where !threshold.isMet {
            hints.append(Hint(about: threshold.measure.rawValue, text: thresholdHint(threshold)))
        }
        return hints
    }

    /// Whether more than a hundredth of the requests went out late; a few always do.
    package var isHarnessLate: Bool { updates.late * 100 > updates.sent }

    /// The hint for requests that went out late.
    package var latenessHint: String { Hint.lateness(updates, cores: run.coresBusy, of: run.cores) }

    /// The hint for a failed proof.
    package func proofHint(_ proof: Proof) -> String? {
        if let vacuous = proof.vacuous { return "Nothing was proved: \(vacuous)." }
        switch proof.name {
        case "exactly_once":
            return "Something else changed these scores, or points were lost or counted twice: compare with the ledger."
        case "outcomes":
            return "Some nodes gave no answer to the end: mend what is counted under failed, or raise settle."
        case "converged" where !watching.losses.counts.isEmpty:
            return "Watchers were not connected at the end: see what they lost."
        case "converged":
            return "Raise settle if the deployment is only slow; else changes do not reach the gateways (/readyz)."
        default: return nil
        }
    }

    /// The hint for a missed threshold.
    package func thresholdHint(_ threshold: Threshold) -> String {
        guard threshold.found != nil else {
            return "Nothing was measured: see the proofs for what to change."
        }
        switch threshold.measure {
        case .updateErrors:
            let isSlow = updates.unsent > updates.refused + updates.unknown
            return isSlow ? "Most were not sent in time. \(latenessHint)" : "See what is counted under failed."
        case .reconnects: return "See why watchers lost their connections."
        case .acceptedPerSecond:
            return isHarnessLate
                ? latenessHint
                : "Raise updates.rate, or mend what is counted under failed."
        default:
            return isHarnessLate
                ? latenessHint
                : "The deployment is slower than wanted: look at the plots for when, and at CPU and Redis then."
        }
    }
}
