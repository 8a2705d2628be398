using Darkroom.Jobs.Editing;

namespace Darkroom.Worker.Api;

/// <summary>Where text enters by HTTP: what no database can store (U+0000, half a surrogate pair) is refused with the field's name, before anything else reads it.</summary>
internal static class TextDoor
{
    /// <summary>Checks every request's path and query. Kestrel lets neither into a header; <see cref="BodyReader"/> and <see cref="ManifestUpload"/> check bodies.</summary>
    public static void UseTextDoor(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        var request = context.Request;
        Check(request.Path.Value, "path");
        foreach (var (name, values) in request.Query)
        {
            if (PlainText.FaultOf(name) is { } fault) throw Problems.BadField("query", $"a parameter's name {fault}");
            foreach (var value in values) Check(value, name);
        }

        return next(context);
    });

    /// <summary>Refuses a text that can't be stored.</summary>
    /// <exception cref="ApiException">It can't.</exception>
    public static void Check(string? text, string field)
    {
        if (PlainText.FaultOf(text) is { } fault) throw Problems.BadField(field, fault);
    }
}
