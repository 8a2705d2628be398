using Microsoft.AspNetCore.Http;

namespace Darkroom.Simulator.Http;

/// <summary>Looks at a request's key: <c>Authorization: Bearer KEY</c>, or <c>api-key: KEY</c> as Azure has it.</summary>
internal static class KeyCheck
{
    private const string Bearer = "Bearer ";

    /// <summary>The key that was sent, or null.</summary>
    public static string? Read(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        var key = header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? header[Bearer.Length..] : request.Headers["api-key"].ToString();
        return string.IsNullOrWhiteSpace(key) ? null : key.Trim();
    }

    /// <summary>The refusal, or null when the key will do.</summary>
    /// <param name="wanted">The only key that is taken, or null for any.</param>
    public static ServiceError? Check(HttpRequest request, string? wanted)
    {
        var key = Read(request);
        return key is null || (wanted is not null && key != wanted) ? ServiceError.Unauthorized(key) : null;
    }
}
