using Darkroom.Worker.Client;
using Darkroom.Worker.Client.Shapes;
using Microsoft.OpenApi;

namespace Darkroom.Worker.Api;

/// <summary>The OpenAPI document at <c>/openapi/v1.json</c>; a copy is checked in (<c>src/Worker/Api/openapi.json</c>) and compared by a test.</summary>
internal static class OpenApiServices
{
    /// <summary>Adds it.</summary>
    public static void AddDarkroomOpenApi(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.PropertyNamingPolicy = ClientJson.Options.PropertyNamingPolicy);
        services.AddOpenApi("v1", openApi =>
        {
            openApi.AddDocumentTransformer((document, _, _) =>
            {
                document.Info = new OpenApiInfo { Title = "Darkroom", Version = "1", Description = "Batches of image edits: submit, watch, steer, look." };
                // Where it is served differs from worker to worker.
                document.Servers = [];
                document.Components ??= new OpenApiComponents();
                document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal)
                {
                    ["key"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "A key made by 'darkroom key add'." },
                };
                document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("key", document)] = [] }];
                return Task.CompletedTask;
            });
            openApi.AddOperationTransformer(async (operation, context, cancellationToken) =>
            {
                var problem = await context.GetOrCreateSchemaAsync(typeof(ProblemShape), parameterDescription: null, cancellationToken);
                operation.Responses ??= [];
                operation.Responses["default"] = new OpenApiResponse
                {
                    Description = "A problem, after RFC 9457.",
                    Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal) { ["application/problem+json"] = new() { Schema = problem } },
                };
            });
        });
    }
}
