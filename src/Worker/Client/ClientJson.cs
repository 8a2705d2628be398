using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Darkroom.Worker.Client;

/// <summary>How the API's JSON is written and read.</summary>
public static class ClientJson
{
    private static readonly NullabilityInfoContext Nullability = new();

    /// <summary>snake_case; unknown fields are passed over, so that an older client reads a newer server.</summary>
    public static readonly JsonSerializerOptions Options = Create(new DefaultJsonTypeInfoResolver());

    /// <summary>For reading answers: a field that can't be null has to be there. What is missing must not become a zero, and an answer without it isn't a worker's.</summary>
    internal static readonly JsonSerializerOptions Answers = Create(new DefaultJsonTypeInfoResolver { Modifiers = { Require } });

    private static JsonSerializerOptions Create(DefaultJsonTypeInfoResolver resolver)
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, TypeInfoResolver = resolver };
        options.Converters.Add(new UtcTimeConverter());
        options.MakeReadOnly();
        return options;
    }

    private static void Require(JsonTypeInfo type)
    {
        foreach (var field in type.Properties)
        {
            if (field.AttributeProvider is not PropertyInfo property || field.AssociatedParameter is { HasDefaultValue: true }) continue;
            lock (Nullability) field.IsRequired = Nullability.Create(property).WriteState != NullabilityState.Nullable && field.AssociatedParameter is not null;
        }
    }
}
