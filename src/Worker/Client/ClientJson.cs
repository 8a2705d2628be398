using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Darkroom.Worker.Client;

/// <summary>How the API's JSON is written and read.</summary>
public static class ClientJson
{
    /// <summary>snake_case; unknown fields are passed over, so that an older client reads a newer server.</summary>
    public static readonly JsonSerializerOptions Options = Create();

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, TypeInfoResolver = new DefaultJsonTypeInfoResolver() };
        options.Converters.Add(new UtcTimeConverter());
        options.MakeReadOnly();
        return options;
    }
}
