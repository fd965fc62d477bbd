/// A request's method and target, fully understood: which operation, on what, in which api-version.
package struct ARMRequestHead: Sendable {
    package var route: Route
    package var target: ResourceTarget
    package var apiVersion: APIVersion
    /// `$expand=instanceView` was asked for.
    package var expandsInstanceView: Bool
    /// `monitor=true`: the form of a polling link that answers with the result.
    package var monitors: Bool
    /// Where a list goes on, as we sealed it; it is opened and checked before it is believed.
    package var skipToken: String?
    /// Last segment of a polling link.
    package var operationID: String?
    /// The path to forward, built from the parsed names.
    package let upstreamPath: String

    /// Matches the routes. The path is matched without ASCII case; names keep the caller's spelling.
    /// - Throws: ``RequestError``: what is wrong with the target, `OperationNotMediated` for what is no route, and
    ///   `MethodNotAllowed` for a route with another method.
    package init(method: String, target text: String) throws(RequestError) {
        let request = try RequestTarget(text)
        var methods: [String] = []
        var found: Route?
        var broken: RequestError?
        for route in RouteTable.routes where route.path.count == request.segments.count {
            guard Self.wordsMatch(route.path, request.segments) else { continue }
            guard route.method.rawValue == method else {
                methods.append(route.method.rawValue)
                continue
            }
            if let error = Self.nameError(route.path, request.segments) {
                broken = broken ?? error
            } else {
                found = route
            }
        }
        guard let route = found else {
            if let broken { throw broken }
            guard methods.isEmpty else {
                throw RequestError(
                    .methodNotAllowed, "this path takes \(methods.joined(separator: ", "))", allowedMethods: methods)
            }
            throw RequestError(.operationNotMediated, RouteTable.reasonForRefusal(of: request.segments))
        }
        guard !request.hasTrailingSlash || route.allowsTrailingSlash else {
            throw RequestError(.invalidRequestTarget, "the path ends with a slash")
        }
        self.route = route
        (self.target, self.operationID) = Self.names(route.path, request.segments)
        self.upstreamPath = Self.path(route.path, self.target, operationID: self.operationID)
        var version: String?
        var expand: String?
        var monitor: String?
        var skipToken: String?
        for item in request.query {
            guard let name = route.query.first(where: { ASCIICase.areEqual($0.rawValue, item.name) }) else {
                throw RequestError(
                    .invalidRequestTarget, "the query has a parameter that this operation does not define",
                    target: RequestTarget.shown(item.name))
            }
            switch name {
            case .apiVersion: version = item.value
            case .expand: expand = item.value
            case .monitor: monitor = item.value
            case .skipToken: skipToken = item.value
            }
        }
        self.apiVersion = try Self.version(version, route: route)
        self.expandsInstanceView = try Self.flag(expand, only: "instanceView", name: "$expand")
        self.monitors = try Self.flag(monitor, only: "true", name: "monitor")
        self.skipToken = skipToken
    }

    private static func wordsMatch(_ path: [Route.Segment], _ segments: [String]) -> Bool {
        for (expected, given) in zip(path, segments) {
            if case .word(let word) = expected, !ASCIICase.areEqual(word, given) { return false }
        }
        return true
    }

    private static func nameError(_ path: [Route.Segment], _ segments: [String]) -> RequestError? {
        for (expected, given) in zip(path, segments) {
            let (isValid, what): (Bool, String) =
                switch expected {
                case .word: (true, "")
                case .subscription: (ResourceName.isSubscription(given), "the subscription id is not a GUID")
                case .resourceGroup:
                    (ResourceName.isResourceGroup(given), "the resource group's name is not letters, digits or -_().")
                case .virtualMachine: (ResourceName.isMachine(given), "the virtual machine's name is not valid")
                case .scaleSet: (ResourceName.isMachine(given), "the scale set's name is not valid")
                case .instance: (ResourceName.isInstance(given), "the instance id is not a decimal number")
                case .runCommand: (ResourceName.isRunCommand(given), "the run command's name is not valid")
                case .location: (ResourceName.isLocation(given), "the location is not valid")
                case .operationID: (ResourceName.isGUID(given), "the operation id is not a GUID")
                case .commandID: (ResourceName.isCommandID(given), "the command id is not 1 to 64 letters, digits or _")
                }
            if !isValid { return RequestError(.invalidRequestTarget, what) }
        }
        return nil
    }

    private static func names(_ path: [Route.Segment], _ segments: [String]) -> (ResourceTarget, operationID: String?) {
        var target = ResourceTarget()
        var scaleSet = ""
        var operationID: String?
        for (kind, name) in zip(path, segments) {
            switch kind {
            case .word: continue
            case .subscription: target.subscription = name
            case .resourceGroup: target.resourceGroup = name
            case .virtualMachine: target.machine = .virtualMachine(name)
            case .scaleSet: scaleSet = name
            case .instance: target.machine = .scaleSetInstance(scaleSet: scaleSet, instance: name)
            case .runCommand: target.runCommand = name
            case .location: target.location = ASCIICase.lowered(name)
            case .operationID: operationID = ASCIICase.lowered(name)
            case .commandID: target.catalogCommandID = name
            }
        }
        return (target, operationID)
    }

    private static func version(_ text: String?, route: Route) throws(RequestError) -> APIVersion {
        guard let text, !text.isEmpty else {
            throw RequestError(
                .missingAPIVersion, "the api-version query parameter is required, e.g. api-version=2024-11-01",
                target: "api-version")
        }
        guard let version = APIVersion(text, of: route.since.api) else {
            throw RequestError(
                .invalidAPIVersion,
                "this api-version is not known here for \(route.name); the newest is "
                    + (route.since.api.versions.last ?? ""), target: "api-version")
        }
        guard version >= route.since else {
            throw RequestError(
                .invalidAPIVersion, "\(route.name) exists since api-version \(route.since)", target: "api-version")
        }
        return version
    }

    private static func flag(_ value: String?, only allowed: String, name: String) throws(RequestError) -> Bool {
        guard let value else { return false }
        guard ASCIICase.areEqual(value, allowed) else {
            throw RequestError(.invalidRequestTarget, "the only value of \(name) is \(allowed)", target: name)
        }
        return true
    }

    /// The target to forward in a given version.
    package func upstreamTarget(apiVersion: APIVersion) -> String {
        var text = self.upstreamPath
        text += "?"
        if self.expandsInstanceView { text += "$expand=instanceView&" }
        text += "api-version=" + apiVersion.text
        return text
    }

    /// The names in a path that was built by ``upstreamPath``.
    package static func target(ofPath text: String) -> ResourceTarget? { self.place(ofPath: text)?.target }

    /// The names in a path that was built by ``upstreamPath``, and the family of commands that it is about.
    package static func place(ofPath text: String) -> (target: ResourceTarget, family: CommandFamily)? {
        guard let request = try? RequestTarget(text) else { return nil }
        for route in RouteTable.routes where route.path.count == request.segments.count {
            guard Self.wordsMatch(route.path, request.segments), Self.nameError(route.path, request.segments) == nil
            else { continue }
            return (Self.names(route.path, request.segments).0, route.family)
        }
        return nil
    }

    static func path(_ path: [Route.Segment], _ target: ResourceTarget, operationID: String?) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256)
        for segment in path {
            bytes.append(UInt8(ascii: "/"))
            let name: String
            switch (segment, target.machine) {
            case (.word(let word), _): name = word
            case (.subscription, _): name = target.subscription ?? ""
            case (.resourceGroup, _): name = Self.escaped(target.resourceGroup ?? "")
            case (.virtualMachine, .virtualMachine(let machine)?): name = machine
            case (.scaleSet, .scaleSetInstance(let scaleSet, _)?): name = scaleSet
            case (.instance, .scaleSetInstance(_, let instance)?): name = instance
            case (.virtualMachine, _), (.scaleSet, _), (.instance, _): name = ""
            case (.runCommand, _): name = target.runCommand ?? ""
            case (.location, _): name = target.location ?? ""
            case (.operationID, _): name = operationID ?? ""
            case (.commandID, _): name = target.catalogCommandID ?? ""
            }
            bytes.append(contentsOf: name.utf8)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Group names may hold parentheses, which real clients escape.
    private static func escaped(_ name: String) -> String {
        guard name.utf8.contains(UInt8(ascii: "(")) || name.utf8.contains(UInt8(ascii: ")")) else { return name }
        return name.utf8.reduce(into: "") { text, byte in
            switch byte {
            case UInt8(ascii: "("): text += "%28"
            case UInt8(ascii: ")"): text += "%29"
            default: text.unicodeScalars.append(Unicode.Scalar(byte))
            }
        }
    }
}
