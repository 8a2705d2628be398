using System.Diagnostics.CodeAnalysis;
using Azure;
using Azure.Core;

namespace Darkroom.Storage.Tests.Images;

/// <summary>An error that no server sent.</summary>
internal sealed class MadeUpResponse(int status, string code, string requestId) : Response
{
    public override int Status => status;

    public override string ReasonPhrase => code;

    public override bool IsError => true;

    public override Stream? ContentStream { get; set; }

    public override string ClientRequestId { get; set; } = requestId;

    public override void Dispose()
    {
    }

    protected override bool ContainsHeader(string name) => TryGetHeader(name, out _);

    protected override IEnumerable<HttpHeader> EnumerateHeaders() => [new HttpHeader("x-ms-error-code", code)];

    protected override bool TryGetHeader(string name, [NotNullWhen(true)] out string? value)
    {
        value = name.Equals("x-ms-error-code", StringComparison.OrdinalIgnoreCase) ? code : null;
        return value is not null;
    }

    protected override bool TryGetHeaderValues(string name, [NotNullWhen(true)] out IEnumerable<string>? values)
    {
        values = TryGetHeader(name, out var value) ? [value] : null;
        return values is not null;
    }
}
