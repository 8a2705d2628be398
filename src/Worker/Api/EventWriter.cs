using System.Text;
using System.Text.Json;
using Darkroom.Worker.Client;

namespace Darkroom.Worker.Api;

/// <summary>Writes server-sent events, each at once.</summary>
internal sealed class EventWriter(HttpResponse response)
{
    /// <summary>Writes one; its JSON has no line breaks.</summary>
    public async Task WriteAsync<T>(string name, string? id, T data, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        if (id is not null) text.Append("id: ").Append(id).Append('\n');
        text.Append("event: ").Append(name).Append("\ndata: ").Append(data is null ? "{}" : JsonSerializer.Serialize(data, ClientJson.Options)).Append("\n\n");
        await response.WriteAsync(text.ToString(), cancellationToken);
        await response.Body.FlushAsync(cancellationToken);
    }

    /// <summary>Writes what clients pass over; it keeps the connection.</summary>
    public async Task CommentAsync(string text, CancellationToken cancellationToken)
    {
        await response.WriteAsync($": {text}\n\n", cancellationToken);
        await response.Body.FlushAsync(cancellationToken);
    }
}
