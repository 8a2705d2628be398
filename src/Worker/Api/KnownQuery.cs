namespace Darkroom.Worker.Api;

/// <summary>
/// Refuses parameters of a query that an endpoint doesn't have: a filter that is misspelt would filter nothing, and what goes by the list would be done to everything.
/// </summary>
internal static class KnownQuery
{
    public static EndpointFilterDelegate Create(EndpointFilterFactoryContext context, EndpointFilterDelegate next)
    {
        // What isn't a text comes from the services or the path.
        var known = context.MethodInfo.GetParameters().Where(parameter => parameter.ParameterType == typeof(string) || parameter.ParameterType == typeof(string[])).Select(parameter => parameter.Name!).ToList();
        return call =>
        {
            var request = call.HttpContext.Request;
            if (request.Query.Count == 0 || call.HttpContext.GetEndpoint()?.Metadata.GetMetadata<ReadsWholeQuery>() is not null) return next(call);
            var there = known.Where(name => !request.RouteValues.ContainsKey(name)).ToList();
            var given = request.Query.Keys.Where(name => !there.Contains(name, StringComparer.OrdinalIgnoreCase));
            return BodyReader.Unknown(given, there, "parameter") is { } refusal ? throw refusal : next(call);
        };
    }
}
