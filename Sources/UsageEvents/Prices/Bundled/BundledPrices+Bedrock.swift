extension PriceTable {
    /// Prices of models on Amazon Bedrock. Rows are separated by blanks; see `bundledCSV`.
    static let bedrockRows = """
        ai21.j2-mid-v1,12.5,12.5,, ai21.j2-ultra-v1,18.8,18.8,, ai21.jamba-1-5-large-v1:0,2,8,,
        ai21.jamba-1-5-mini-v1:0,0.2,0.4,, ai21.jamba-instruct-v1:0,0.5,0.7,,
        amazon.nova-2-lite-v1:0,0.3,2.5,0.075, amazon.nova-2-pro-preview-20251202-v1:0,1.25,10,0.3125,
        amazon.nova-lite-v1:0,0.06,0.24,0.015, amazon.nova-micro-v1:0,0.035,0.14,0.00875,
        amazon.nova-premier-v1:0,2.5,12.5,0.625, amazon.nova-pro-v1:0,0.8,3.2,0.2,
        amazon.titan-text-express-v1,0.2,0.6,, amazon.titan-text-lite-v1,0.15,0.2,,
        amazon.titan-text-premier-v1:0,0.5,1.5,, anthropic.claude-3-5-haiku-20241022-v1:0,0.8,4,0.08,1
        anthropic.claude-3-5-sonnet-20240620-v1:0,3,15,0.3,3.75
        anthropic.claude-3-5-sonnet-20241022-v2:0,3,15,0.3,3.75
        anthropic.claude-3-7-sonnet-20240620-v1:0,3.6,18,0.36,4.5
        anthropic.claude-3-7-sonnet-20250219-v1:0,3,15,0.3,3.75
        anthropic.claude-3-opus-20240229-v1:0,15,75,1.5,18.75 anthropic.claude-fable-5,10,50,1,12.5
        anthropic.claude-fable-5-1,10,50,0.25,12.5 anthropic.claude-haiku-4-5-20251001-v1:0,1,5,0.1,1.25
        anthropic.claude-haiku-5-5,0.1,0.5,0.01,0.125 anthropic.claude-instant-v1,0.8,2.4,,
        anthropic.claude-mythos-5-1,10,50,0.25,12.5 anthropic.claude-mythos-preview,27.5,137.5,2.75,34.375
        anthropic.claude-opus-4-1-20250805-v1:0,15,75,1.5,18.75
        anthropic.claude-opus-4-20250514-v1:0,15,75,1.5,18.75
        anthropic.claude-opus-4-5-20251101-v1:0,5,25,0.5,6.25 anthropic.claude-opus-4-6-v1,5,25,0.5,6.25
        anthropic.claude-opus-4-7,5,25,0.5,6.25 anthropic.claude-opus-4-8,5,25,0.5,6.25
        anthropic.claude-opus-5,5,25,0.5,6.25 anthropic.claude-opus-5-5,4,20,0.2,5
        anthropic.claude-sonnet-4-20250514-v1:0,3,15,0.3,3.75
        anthropic.claude-sonnet-4-5-20250929-v1:0,3,15,0.3,3.75 anthropic.claude-sonnet-4-6,3,15,0.3,3.75
        anthropic.claude-sonnet-5,2,10,0.2,2.5 anthropic.claude-sonnet-5-5,2,10,0.1,2.5
        anthropic.claude-v1,8,24,, anthropic.claude-v2:1,8,24,,
        apac.amazon.nova-2-lite-v1:0,0.396,3.311,0.099,
        apac.amazon.nova-2-pro-preview-20251202-v1:0,1.375,11,0.34375,
        apac.amazon.nova-lite-v1:0,0.063,0.252,0.01575, apac.amazon.nova-micro-v1:0,0.037,0.148,0.00925,
        apac.amazon.nova-pro-v1:0,0.84,3.36,0.21, apac.anthropic.claude-fable-5,11,55,1.1,13.75
        apac.anthropic.claude-haiku-4-5-20251001-v1:0,1.1,5.5,0.11,1.375
        apac.anthropic.claude-haiku-5-5,0.11,0.55,0.011,0.1375
        apac.anthropic.claude-mythos-preview,27.5,137.5,2.75,34.375
        apac.anthropic.claude-opus-4-7,5.5,27.5,0.55,6.875 apac.anthropic.claude-opus-4-8,5.5,27.5,0.55,6.875
        apac.anthropic.claude-opus-5,5.5,27.5,0.55,6.875 apac.anthropic.claude-opus-5-5,4.4,22,0.22,5.5
        apac.anthropic.claude-sonnet-4-20250514-v1:0,3,15,0.3,3.75
        apac.anthropic.claude-sonnet-4-6,3.3,16.5,0.33,4.125 apac.anthropic.claude-sonnet-5,2.2,11,0.22,2.75
        apac.anthropic.claude-sonnet-5-5,2.2,11,0.11,2.75 au.anthropic.claude-fable-5,11,55,1.1,13.75
        au.anthropic.claude-haiku-4-5-20251001-v1:0,1.1,5.5,0.11,1.375
        au.anthropic.claude-haiku-5-5,0.11,0.55,0.011,0.1375
        au.anthropic.claude-mythos-preview,27.5,137.5,2.75,34.375
        au.anthropic.claude-opus-4-6-v1,5.5,27.5,0.55,6.875 au.anthropic.claude-opus-4-7,5.5,27.5,0.55,6.875
        au.anthropic.claude-opus-4-8,5.5,27.5,0.55,6.875 au.anthropic.claude-opus-5,5.5,27.5,0.55,6.875
        au.anthropic.claude-opus-5-5,4.4,22,0.22,5.5
        au.anthropic.claude-sonnet-4-5-20250929-v1:0,3.3,16.5,0.33,4.125
        au.anthropic.claude-sonnet-4-6,3.3,16.5,0.33,4.125 au.anthropic.claude-sonnet-5,2.2,11,0.22,2.75
        au.anthropic.claude-sonnet-5-5,2.2,11,0.11,2.75
        bedrock/ap-northeast-1/anthropic.claude-instant-v1,2.23,7.55,,
        bedrock/ap-northeast-1/deepseek.v3.2,0.74,2.22,,
        bedrock/ap-northeast-1/minimax.minimax-m2.1,0.36,1.44,,
        bedrock/ap-northeast-1/minimax.minimax-m2.5,0.36,1.44,,
        bedrock/ap-northeast-1/mistral.voxtral-mini-3b-2507,0.05,0.05,,
        bedrock/ap-northeast-1/mistral.voxtral-small-24b-2507,0.12,0.36,,
        bedrock/ap-northeast-1/moonshotai.kimi-k2-thinking,0.73,3.03,,
        bedrock/ap-northeast-1/moonshotai.kimi-k2.5,0.72,3.6,,
        bedrock/ap-northeast-1/qwen.qwen3-coder-next,0.6,1.44,,
        bedrock/ap-northeast-1/qwen.qwen3-next-80b-a3b,0.18,1.45,,
        bedrock/ap-south-1/deepseek.v3.2,0.74,2.22,,
        bedrock/ap-south-1/meta.llama3-70b-instruct-v1:0,3.18,4.2,,
        bedrock/ap-south-1/meta.llama3-8b-instruct-v1:0,0.36,0.72,,
        bedrock/ap-south-1/minimax.minimax-m2.1,0.36,1.44,,
        bedrock/ap-south-1/minimax.minimax-m2.5,0.36,1.44,,
        bedrock/ap-south-1/moonshotai.kimi-k2-thinking,0.71,2.94,,
        bedrock/ap-south-1/moonshotai.kimi-k2.5,0.72,3.6,, bedrock/ap-south-1/qwen.qwen3-coder-next,0.6,1.44,,
        bedrock/ap-south-1/qwen.qwen3-next-80b-a3b,0.18,1.41,,
        bedrock/ap-southeast-2/minimax.minimax-m2.5,0.31,1.24,,
        bedrock/ap-southeast-2/mistral.voxtral-mini-3b-2507,0.0412,0.0412,,
        bedrock/ap-southeast-2/mistral.voxtral-small-24b-2507,0.103,0.309,,
        bedrock/ap-southeast-2/qwen.qwen3-next-80b-a3b,0.1545,1.236,,
        bedrock/ap-southeast-3/deepseek.v3.2,0.74,2.22,,
        bedrock/ap-southeast-3/minimax.minimax-m2.1,0.36,1.44,,
        bedrock/ap-southeast-3/minimax.minimax-m2.5,0.36,1.44,,
        bedrock/ap-southeast-3/moonshotai.kimi-k2.5,0.72,3.6,,
        bedrock/ap-southeast-3/qwen.qwen3-coder-next,0.6,1.44,,
        bedrock/ca-central-1/meta.llama3-70b-instruct-v1:0,3.05,4.03,,
        bedrock/ca-central-1/meta.llama3-8b-instruct-v1:0,0.35,0.69,,
        bedrock/eu-central-1/anthropic.claude-instant-v1,2.48,8.38,,
        bedrock/eu-central-1/minimax.minimax-m2.1,0.36,1.44,,
        bedrock/eu-central-1/minimax.minimax-m2.5,0.36,1.44,,
        bedrock/eu-central-1/qwen.qwen3-coder-next,0.6,1.44,, bedrock/eu-north-1/deepseek.v3.2,0.74,2.22,,
        bedrock/eu-north-1/minimax.minimax-m2.1,0.36,1.44,,
        bedrock/eu-north-1/minimax.minimax-m2.5,0.36,1.44,, bedrock/eu-north-1/moonshotai.kimi-k2.5,0.72,3.6,,
        bedrock/eu-south-1/minimax.minimax-m2.1,0.36,1.44,,
        bedrock/eu-south-1/minimax.minimax-m2.5,0.36,1.44,,
        bedrock/eu-south-1/qwen.qwen3-coder-next,0.6,1.44,,
        bedrock/eu-west-1/meta.llama3-70b-instruct-v1:0,2.86,3.78,,
        bedrock/eu-west-1/meta.llama3-8b-instruct-v1:0,0.32,0.65,,
        bedrock/eu-west-1/minimax.minimax-m2.1,0.36,1.44,, bedrock/eu-west-1/minimax.minimax-m2.5,0.36,1.44,,
        bedrock/eu-west-1/qwen.qwen3-coder-next,0.6,1.44,,
        bedrock/eu-west-1/qwen.qwen3-next-80b-a3b,0.18,1.41,,
        bedrock/eu-west-2/meta.llama3-70b-instruct-v1:0,3.45,4.55,,
        bedrock/eu-west-2/meta.llama3-8b-instruct-v1:0,0.39,0.78,,
        bedrock/eu-west-2/minimax.minimax-m2.1,0.47,1.86,, bedrock/eu-west-2/minimax.minimax-m2.5,0.47,1.86,,
        bedrock/eu-west-2/mistral.voxtral-mini-3b-2507,0.06,0.06,,
        bedrock/eu-west-2/mistral.voxtral-small-24b-2507,0.16,0.47,,
        bedrock/eu-west-2/nvidia.nemotron-super-3-120b,0.23,1.01,,
        bedrock/eu-west-2/qwen.qwen3-coder-next,0.78,1.86,,
        bedrock/eu-west-2/qwen.qwen3-next-80b-a3b,0.23,1.86,,
        bedrock/eu-west-3/mistral.mistral-7b-instruct-v0:2,0.2,0.26,,
        bedrock/eu-west-3/mistral.mistral-large-2402-v1:0,5.2,15.6,,
        bedrock/eu-west-3/mistral.mixtral-8x7b-instruct-v0:1,0.59,0.91,,
        bedrock/moonshotai.kimi-k2-thinking,0.6,2.5,, bedrock/moonshotai.kimi-k2.5,0.6,3,,
        bedrock/sa-east-1/deepseek.v3.2,0.74,2.22,,
        bedrock/sa-east-1/meta.llama3-70b-instruct-v1:0,4.45,5.88,,
        bedrock/sa-east-1/meta.llama3-8b-instruct-v1:0,0.5,1.01,,
        bedrock/sa-east-1/minimax.minimax-m2.1,0.36,1.44,, bedrock/sa-east-1/minimax.minimax-m2.5,0.36,1.44,,
        bedrock/sa-east-1/moonshotai.kimi-k2.5,0.72,3.6,, bedrock/sa-east-1/qwen.qwen3-coder-next,0.6,1.44,,
        bedrock/sa-east-1/qwen.qwen3-next-80b-a3b,0.18,1.45,, bedrock/us-east-1/deepseek.v3.2,0.62,1.85,,
        bedrock/us-east-1/meta.llama3-70b-instruct-v1:0,2.65,3.5,,
        bedrock/us-east-1/meta.llama3-8b-instruct-v1:0,0.3,0.6,,
        bedrock/us-east-1/minimax.minimax-m2.1,0.3,1.2,, bedrock/us-east-1/minimax.minimax-m2.5,0.3,1.2,,
        bedrock/us-east-1/mistral.mistral-7b-instruct-v0:2,0.15,0.2,,
        bedrock/us-east-1/mistral.mistral-large-2402-v1:0,4,12,,
        bedrock/us-east-1/mistral.mixtral-8x7b-instruct-v0:1,0.45,0.7,,
        bedrock/us-east-1/moonshotai.kimi-k2-thinking,0.6,2.5,, bedrock/us-east-1/moonshotai.kimi-k2.5,0.6,3,,
        bedrock/us-east-1/qwen.qwen3-coder-next,0.5,1.2,, bedrock/us-east-1/zai.glm-5,1,3.2,,
        bedrock/us-east-2/deepseek.v3.2,0.62,1.85,, bedrock/us-east-2/minimax.minimax-m2.1,0.3,1.2,,
        bedrock/us-east-2/minimax.minimax-m2.5,0.3,1.2,,
        bedrock/us-east-2/moonshotai.kimi-k2-thinking,0.6,2.5,, bedrock/us-east-2/moonshotai.kimi-k2.5,0.6,3,,
        bedrock/us-east-2/qwen.qwen3-coder-next,0.5,1.2,,
        bedrock/us-gov-east-1/amazon.nova-pro-v1:0,0.96,3.84,0.24,
        bedrock/us-gov-east-1/amazon.titan-text-express-v1,1.3,1.7,,
        bedrock/us-gov-east-1/amazon.titan-text-lite-v1,0.3,0.4,,
        bedrock/us-gov-east-1/anthropic.claude-fable-5-1,12,60,0.3,15
        bedrock/us-gov-east-1/anthropic.claude-haiku-4-5-20251001-v1:0,1.2,6,0.12,1.5
        bedrock/us-gov-east-1/anthropic.claude-haiku-5-5,0.12,0.6,0.012,0.15
        bedrock/us-gov-east-1/anthropic.claude-opus-4-8,6,30,0.6,7.5
        bedrock/us-gov-east-1/anthropic.claude-opus-5,6,30,0.6,7.5
        bedrock/us-gov-east-1/anthropic.claude-opus-5-5,4.8,24,0.24,6
        bedrock/us-gov-east-1/anthropic.claude-sonnet-4-5-20250929-v1:0,3.6,18,0.36,4.5
        bedrock/us-gov-east-1/anthropic.claude-sonnet-5,2.4,12,0.24,3
        bedrock/us-gov-east-1/anthropic.claude-sonnet-5-5,2.4,12,0.12,3
        bedrock/us-gov-east-1/claude-sonnet-4-5-20250929-v1:0,3.6,18,0.36,4.5
        bedrock/us-gov-east-1/meta.llama3-70b-instruct-v1:0,2.65,3.5,,
        bedrock/us-gov-east-1/meta.llama3-8b-instruct-v1:0,0.3,2.65,,
        bedrock/us-gov-east-1/nvidia.nemotron-nano-12b-v2,0.24,0.72,,
        bedrock/us-gov-east-1/nvidia.nemotron-nano-3-30b,0.072,0.288,,
        bedrock/us-gov-east-1/nvidia.nemotron-nano-9b-v2,0.072,0.276,,
        bedrock/us-gov-east-1/nvidia.nemotron-super-3-120b,0.18,0.78,,
        bedrock/us-gov-east-1/openai.gpt-oss-120b-1:0,0.18,0.72,,
        bedrock/us-gov-east-1/openai.gpt-oss-20b-1:0,0.084,0.36,,
        bedrock/us-gov-west-1/amazon.nova-lite-v1:0,0.072,0.288,0.018,
        bedrock/us-gov-west-1/amazon.nova-micro-v1:0,0.042,0.168,0.0105,
        bedrock/us-gov-west-1/amazon.nova-pro-v1:0,0.96,3.84,0.24,
        bedrock/us-gov-west-1/amazon.titan-text-express-v1,0.8,1.6,,
        bedrock/us-gov-west-1/amazon.titan-text-lite-v1,0.3,0.4,,
        bedrock/us-gov-west-1/anthropic.claude-fable-5-1,12,60,0.3,15
        bedrock/us-gov-west-1/anthropic.claude-haiku-4-5-20251001-v1:0,1.2,6,0.12,1.5
        bedrock/us-gov-west-1/anthropic.claude-haiku-5-5,0.12,0.6,0.012,0.15
        bedrock/us-gov-west-1/anthropic.claude-opus-4-8,6,30,0.6,7.5
        bedrock/us-gov-west-1/anthropic.claude-opus-5,6,30,0.6,7.5
        bedrock/us-gov-west-1/anthropic.claude-opus-5-5,4.8,24,0.24,6
        bedrock/us-gov-west-1/anthropic.claude-sonnet-4-5-20250929-v1:0,3.6,18,0.36,4.5
        bedrock/us-gov-west-1/anthropic.claude-sonnet-5,2.4,12,0.24,3
        bedrock/us-gov-west-1/anthropic.claude-sonnet-5-5,2.4,12,0.12,3
        bedrock/us-gov-west-1/claude-sonnet-4-5-20250929-v1:0,3.6,18,0.36,4.5
        bedrock/us-gov-west-1/meta.llama3-70b-instruct-v1:0,2.65,3.5,,
        bedrock/us-gov-west-1/meta.llama3-8b-instruct-v1:0,0.3,0.6,,
        bedrock/us-gov-west-1/nvidia.nemotron-nano-12b-v2,0.24,0.72,,
        bedrock/us-gov-west-1/nvidia.nemotron-nano-3-30b,0.072,0.288,,
        bedrock/us-gov-west-1/nvidia.nemotron-nano-9b-v2,0.072,0.276,,
        bedrock/us-gov-west-1/nvidia.nemotron-super-3-120b,0.18,0.78,,
        bedrock/us-gov-west-1/openai.gpt-oss-120b-1:0,0.18,0.72,,
        bedrock/us-gov-west-1/openai.gpt-oss-20b-1:0,0.084,0.36,,
        bedrock/us-west-1/meta.llama3-70b-instruct-v1:0,2.65,3.5,,
        bedrock/us-west-1/meta.llama3-8b-instruct-v1:0,0.3,0.6,, bedrock/us-west-2/deepseek.v3.2,0.62,1.85,,
        bedrock/us-west-2/minimax.minimax-m2.1,0.3,1.2,, bedrock/us-west-2/minimax.minimax-m2.5,0.3,1.2,,
        bedrock/us-west-2/mistral.mistral-7b-instruct-v0:2,0.15,0.2,,
        bedrock/us-west-2/mistral.mistral-large-2402-v1:0,4,12,,
        bedrock/us-west-2/mistral.mixtral-8x7b-instruct-v0:1,0.45,0.7,,
        bedrock/us-west-2/moonshotai.kimi-k2-thinking,0.6,2.5,, bedrock/us-west-2/moonshotai.kimi-k2.5,0.6,3,,
        bedrock/us-west-2/qwen.qwen3-coder-next,0.5,1.2,, bedrock/us-west-2/zai.glm-5,1,3.2,,
        bedrock/us.anthropic.claude-3-5-haiku-20241022-v1:0,0.8,4,0.08,1
        bedrock_mantle/anthropic.claude-haiku-4-5,1,5,0.1,1.25
        bedrock_mantle/anthropic.claude-haiku-5-5,0.11,0.55,0.011,0.1375
        bedrock_mantle/anthropic.claude-opus-5-5,4.4,22,0.22,5.5
        bedrock_mantle/anthropic.claude-sonnet-5-5,2.2,11,0.11,2.75 bedrock_mantle/deepseek.v3.1,0.58,1.68,,
        bedrock_mantle/google.gemma-4-26b-a4b,0.13,0.4,, bedrock_mantle/google.gemma-4-31b,0.14,0.4,,
        bedrock_mantle/google.gemma-4-e2b,0.04,0.08,, bedrock_mantle/moonshotai.kimi-k2-thinking,0.6,2.5,,
        bedrock_mantle/openai.gpt-5.4,2.75,16.5,0.275, bedrock_mantle/openai.gpt-5.5,5.5,33,0.55,
        bedrock_mantle/openai.gpt-5.6-cyber,13.75,82.5,1.375,17.1875
        bedrock_mantle/openai.gpt-5.6-luna,0.22,1.32,0.022,0.275
        bedrock_mantle/openai.gpt-5.6-sol,4.4,22,0.44,5.5
        bedrock_mantle/openai.gpt-5.6-terra,2.2,13.2,0.22,2.75
        bedrock_mantle/openai.gpt-6-astra,11,55,1.1,13.75
        bedrock_mantle/openai.gpt-6-luna,0.11,0.55,0.011,0.1375
        bedrock_mantle/openai.gpt-6-sol,2.2,11,0.22,2.75 bedrock_mantle/openai.gpt-6.1-sol,2.2,11,0.11,2.75
        bedrock_mantle/openai.gpt-6.1-terra,1.1,5.5,0.055,1.375
        bedrock_mantle/openai.gpt-daybreak-blue-5.6-sol,4.4,22,0.44,5.5
        bedrock_mantle/openai.gpt-oss-120b,0.15,0.6,, bedrock_mantle/openai.gpt-oss-20b,0.07,0.3,,
        bedrock_mantle/openai.gpt-oss-safeguard-120b,0.15,0.6,,
        bedrock_mantle/openai.gpt-oss-safeguard-20b,0.07,0.2,,
        bedrock_mantle/qwen.qwen3-235b-a22b-2507,0.22,0.88,, bedrock_mantle/qwen.qwen3-32b,0.15,0.6,,
        bedrock_mantle/qwen.qwen3-coder-30b-a3b-instruct,0.15,0.6,,
        bedrock_mantle/qwen.qwen3-coder-480b-a35b-instruct,0.45,1.8,,
        bedrock_mantle/qwen.qwen3-next-80b-a3b-instruct,0.14,1.2,,
        bedrock_mantle/qwen.qwen3-vl-235b-a22b-instruct,0.53,2.66,,
        bedrock_mantle/us-gov-east-1/openai.gpt-5.4,3.3,19.8,0.33,
        bedrock_mantle/us-gov-east-1/openai.gpt-oss-120b,0.18,0.72,,
        bedrock_mantle/us-gov-east-1/openai.gpt-oss-20b,0.084,0.36,,
        bedrock_mantle/us-gov-east-1/xai.grok-4.6,2.64,7.92,0.66,
        bedrock_mantle/us-gov-west-1/anthropic.claude-haiku-5-5,0.12,0.6,0.012,0.15
        bedrock_mantle/us-gov-west-1/anthropic.claude-opus-5-5,4.8,24,0.24,6
        bedrock_mantle/us-gov-west-1/anthropic.claude-sonnet-5-5,2.4,12,0.12,3
        bedrock_mantle/us-gov-west-1/google.gemma-4-26b-a4b,0.156,0.48,,
        bedrock_mantle/us-gov-west-1/google.gemma-4-31b,0.168,0.48,,
        bedrock_mantle/us-gov-west-1/google.gemma-4-e2b,0.048,0.096,,
        bedrock_mantle/us-gov-west-1/openai.gpt-5.4,3.375,20.25,0.3375,
        bedrock_mantle/us-gov-west-1/openai.gpt-5.6-luna,0.27,1.62,0.027,0.3375
        bedrock_mantle/us-gov-west-1/openai.gpt-5.6-terra,2.7,16.2,0.27,3.375
        bedrock_mantle/us-gov-west-1/openai.gpt-oss-120b,0.18,0.72,,
        bedrock_mantle/us-gov-west-1/openai.gpt-oss-20b,0.084,0.36,,
        bedrock_mantle/us-gov-west-1/xai.grok-4.3,1.5,3,0.24, bedrock_mantle/xai.grok-4.3,1.25,2.5,0.2,
        bedrock_mantle/xai.grok-4.6,2.2,6.6,0.55, claude-sonnet-4-5-20250929-v1:0,3,15,0.3,3.75
        cohere.command-light-text-v14,0.3,0.6,, cohere.command-text-v14,1,2,, deepseek.r1-v1:0,1.35,5.4,,
        deepseek.v3-v1:0,0.58,1.68,, deepseek.v3.2,0.62,1.85,, eu.amazon.nova-2-lite-v1:0,0.429,3.597,0.10725,
        eu.amazon.nova-2-pro-preview-20251202-v1:0,1.375,11,0.34375,
        eu.amazon.nova-lite-v1:0,0.078,0.312,0.0195, eu.amazon.nova-micro-v1:0,0.046,0.184,0.0115,
        eu.amazon.nova-pro-v1:0,1.05,4.2,0.2625, eu.anthropic.claude-3-5-haiku-20241022-v1:0,0.8,4,0.08,1
        eu.anthropic.claude-3-5-sonnet-20240620-v1:0,3,15,0.3,3.75
        eu.anthropic.claude-3-5-sonnet-20241022-v2:0,3,15,0.3,3.75
        eu.anthropic.claude-3-7-sonnet-20250219-v1:0,3,15,0.3,3.75
        eu.anthropic.claude-3-opus-20240229-v1:0,15,75,1.5,18.75 eu.anthropic.claude-fable-5,11,55,1.1,13.75
        eu.anthropic.claude-fable-5-1,11,55,0.275,13.75
        eu.anthropic.claude-haiku-4-5-20251001-v1:0,1.1,5.5,0.11,1.375
        eu.anthropic.claude-haiku-5-5,0.11,0.55,0.011,0.1375
        eu.anthropic.claude-opus-4-1-20250805-v1:0,15,75,1.5,18.75
        eu.anthropic.claude-opus-4-20250514-v1:0,15,75,1.5,18.75
        eu.anthropic.claude-opus-4-5-20251101-v1:0,5.5,27.5,0.55,6.875
        eu.anthropic.claude-opus-4-6-v1,5.5,27.5,0.55,6.875 eu.anthropic.claude-opus-4-7,5.5,27.5,0.55,6.875
        eu.anthropic.claude-opus-4-8,5.5,27.5,0.55,6.875 eu.anthropic.claude-opus-5,5.5,27.5,0.55,6.875
        eu.anthropic.claude-opus-5-5,4.4,22,0.22,5.5 eu.anthropic.claude-sonnet-4-20250514-v1:0,3,15,0.3,3.75
        eu.anthropic.claude-sonnet-4-5-20250929-v1:0,3.3,16.5,0.33,4.125
        eu.anthropic.claude-sonnet-4-6,3.3,16.5,0.33,4.125 eu.anthropic.claude-sonnet-5,2.2,11,0.22,2.75
        eu.anthropic.claude-sonnet-5-5,2.2,11,0.11,2.75 eu.deepseek.v3.2,0.74,2.22,,
        eu.meta.llama3-2-1b-instruct-v1:0,0.13,0.13,, eu.meta.llama3-2-3b-instruct-v1:0,0.19,0.19,,
        eu.mistral.pixtral-large-2502-v1:0,2,6,, eu.twelvelabs.pegasus-1-2-v1:0,,7.5,,
        global.amazon.nova-2-lite-v1:0,0.3,2.5,0.075, global.anthropic.claude-fable-5,10,50,1,12.5
        global.anthropic.claude-fable-5-1,10,50,0.25,12.5
        global.anthropic.claude-haiku-4-5-20251001-v1:0,1,5,0.1,1.25
        global.anthropic.claude-haiku-5-5,0.1,0.5,0.01,0.125
        global.anthropic.claude-mythos-5-1,10,50,0.25,12.5
        global.anthropic.claude-opus-4-5-20251101-v1:0,5,25,0.5,6.25
        global.anthropic.claude-opus-4-6-v1,5,25,0.5,6.25 global.anthropic.claude-opus-4-7,5,25,0.5,6.25
        global.anthropic.claude-opus-4-8,5,25,0.5,6.25 global.anthropic.claude-opus-5,5,25,0.5,6.25
        global.anthropic.claude-opus-5-5,4,20,0.2,5
        global.anthropic.claude-sonnet-4-20250514-v1:0,3,15,0.3,3.75
        global.anthropic.claude-sonnet-4-5-20250929-v1:0,3,15,0.3,3.75
        global.anthropic.claude-sonnet-4-6,3,15,0.3,3.75 global.anthropic.claude-sonnet-5,2,10,0.2,2.5
        global.anthropic.claude-sonnet-5-5,2,10,0.1,2.5 global.moonshotai.kimi-k3,3,15,0.3,3.75
        global.openai.gpt-5.4,2.5,15,0.25, global.openai.gpt-5.5,5,30,0.5,
        global.openai.gpt-5.6-luna,0.2,1.2,0.02,0.25 global.openai.gpt-5.6-sol,4,20,0.4,5
        global.openai.gpt-5.6-terra,2,12,0.2,2.5 global.openai.gpt-6-astra,10,50,1,12.5
        global.openai.gpt-6-luna,0.1,0.5,0.01,0.125 global.openai.gpt-6-sol,2,10,0.2,2.5
        global.openai.gpt-6.1-sol,2,10,0.1,2.5 global.openai.gpt-6.1-terra,1,5,0.05,1.25
        global.twelvelabs.pegasus-1-2-v1:0,,7.5,, global.twelvelabs.pegasus-1-5-v1:0,,7.5,,
        global.xai.grok-4.6,2,6,0.5, global.xai.grok-4.7,2,6,0.5, global.zai.glm-5.3,1.68,5.28,0.312,2.1
        google.gemma-3-12b-it,0.09,0.29,, google.gemma-3-27b-it,0.23,0.38,, google.gemma-3-4b-it,0.04,0.08,,
        in.moonshotai.kimi-k3,3.3,16.5,0.33,4.125 jp.amazon.nova-2-lite-v1:0,0.396,3.311,0.099,
        jp.anthropic.claude-haiku-4-5-20251001-v1:0,1.1,5.5,0.11,1.375
        jp.anthropic.claude-haiku-5-5,0.11,0.55,0.011,0.1375 jp.anthropic.claude-opus-4-7,5.5,27.5,0.55,6.875
        jp.anthropic.claude-opus-4-8,5.5,27.5,0.55,6.875 jp.anthropic.claude-opus-5,5.5,27.5,0.55,6.875
        jp.anthropic.claude-opus-5-5,4.4,22,0.22,5.5
        jp.anthropic.claude-sonnet-4-5-20250929-v1:0,3.3,16.5,0.33,4.125
        jp.anthropic.claude-sonnet-4-6,3.3,16.5,0.33,4.125 jp.anthropic.claude-sonnet-5,2.2,11,0.22,2.75
        jp.anthropic.claude-sonnet-5-5,2.2,11,0.11,2.75 meta.llama2-13b-chat-v1,0.75,1,,
        meta.llama2-70b-chat-v1,1.95,2.56,, meta.llama3-1-405b-instruct-v1:0,2.4,2.4,,
        meta.llama3-1-70b-instruct-v1:0,0.72,0.72,, meta.llama3-1-8b-instruct-v1:0,0.22,0.22,,
        meta.llama3-2-11b-instruct-v1:0,0.16,0.16,, meta.llama3-2-1b-instruct-v1:0,0.1,0.1,,
        meta.llama3-2-3b-instruct-v1:0,0.15,0.15,, meta.llama3-2-90b-instruct-v1:0,0.72,0.72,,
        meta.llama3-3-70b-instruct-v1:0,0.72,0.72,, meta.llama3-70b-instruct-v1:0,2.65,3.5,,
        meta.llama3-8b-instruct-v1:0,0.3,0.6,, meta.llama4-maverick-17b-instruct-v1:0,0.24,0.97,,
        meta.llama4-scout-17b-instruct-v1:0,0.17,0.66,, minimax.minimax-m2,0.3,1.2,,
        minimax.minimax-m2.1,0.3,1.2,, minimax.minimax-m2.5,0.3,1.2,, mistral.devstral-2-123b,0.4,2,,
        mistral.magistral-small-2509,0.5,1.5,, mistral.ministral-3-14b-instruct,0.2,0.2,,
        mistral.ministral-3-3b-instruct,0.1,0.1,, mistral.ministral-3-8b-instruct,0.15,0.15,,
        mistral.mistral-7b-instruct-v0:2,0.15,0.2,, mistral.mistral-large-2402-v1:0,4,12,,
        mistral.mistral-large-2407-v1:0,2,6,, mistral.mistral-large-3-675b-instruct,0.5,1.5,,
        mistral.mistral-small-2402-v1:0,1,3,, mistral.mixtral-8x7b-instruct-v0:1,0.45,0.7,,
        mistral.pixtral-large-2502-v1:0,2,6,, mistral.voxtral-mini-3b-2507,0.04,0.04,,
        mistral.voxtral-small-24b-2507,0.1,0.3,, moonshot.kimi-k2-thinking,0.6,2.5,,
        moonshotai.kimi-k2.5,0.6,3,, moonshotai.kimi-k3,3.3,16.5,0.33,4.125
        nvidia.nemotron-nano-12b-v2,0.2,0.6,, nvidia.nemotron-nano-3-30b,0.06,0.24,,
        nvidia.nemotron-nano-9b-v2,0.06,0.23,, nvidia.nemotron-super-3-120b,0.15,0.65,,
        openai.gpt-6-luna,0.1,0.5,0.01,0.125 openai.gpt-6-sol,2,10,0.2,2.5 openai.gpt-oss-120b-1:0,0.15,0.6,,
        openai.gpt-oss-20b-1:0,0.07,0.3,, openai.gpt-oss-safeguard-20b,0.07,0.2,,
        qwen.qwen3-235b-a22b-2507-v1:0,0.22,0.88,,
        qwen.qwen3-32b-v1:0,0.15,0.6,, qwen.qwen3-coder-30b-a3b-v1:0,0.15,0.6,,
        qwen.qwen3-coder-480b-a35b-v1:0,0.45,1.8,, qwen.qwen3-coder-next,0.5,1.2,,
        qwen.qwen3-next-80b-a3b,0.15,1.2,, qwen.qwen3-vl-235b-a22b,0.53,2.66,,
        twelvelabs.pegasus-1-2-v1:0,,7.5,, twelvelabs.pegasus-1-5-v1:0,,7.5,,
        us-gov.anthropic.claude-fable-5-1,12,60,0.3,15 us-gov.anthropic.claude-haiku-5-5,0.12,0.6,0.012,0.15
        us-gov.anthropic.claude-opus-4-8,6,30,0.6,7.5 us-gov.anthropic.claude-opus-5,6,30,0.6,7.5
        us-gov.anthropic.claude-opus-5-5,4.8,24,0.24,6
        us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0,3.6,18,0.36,4.5
        us-gov.anthropic.claude-sonnet-5,2.4,12,0.24,3 us-gov.anthropic.claude-sonnet-5-5,2.4,12,0.12,3
        us-gov.nvidia.nemotron-nano-12b-v2,0.24,0.72,, us-gov.nvidia.nemotron-nano-3-30b,0.072,0.288,,
        us-gov.nvidia.nemotron-nano-9b-v2,0.072,0.276,, us-gov.nvidia.nemotron-super-3-120b,0.18,0.78,,
        us-gov.openai.gpt-oss-120b-1:0,0.18,0.72,, us-gov.openai.gpt-oss-20b-1:0,0.084,0.36,,
        us-gov.xai.grok-4.6,2.64,7.92,0.66, us.amazon.nova-2-lite-v1:0,0.33,2.75,0.0825,
        us.amazon.nova-2-pro-preview-20251202-v1:0,1.375,11,0.34375, us.amazon.nova-lite-v1:0,0.06,0.24,0.015,
        us.amazon.nova-micro-v1:0,0.035,0.14,0.00875, us.amazon.nova-pro-v1:0,0.8,3.2,0.2,
        us.anthropic.claude-3-5-haiku-20241022-v1:0,0.8,4,0.08,1
        us.anthropic.claude-3-5-sonnet-20240620-v1:0,3,15,0.3,3.75
        us.anthropic.claude-3-5-sonnet-20241022-v2:0,3,15,0.3,3.75
        us.anthropic.claude-3-7-sonnet-20250219-v1:0,3,15,0.3,3.75
        us.anthropic.claude-3-opus-20240229-v1:0,15,75,1.5,18.75 us.anthropic.claude-fable-5,11,55,1.1,13.75
        us.anthropic.claude-fable-5-1,11,55,0.275,13.75
        us.anthropic.claude-haiku-4-5-20251001-v1:0,1.1,5.5,0.11,1.375
        us.anthropic.claude-haiku-5-5,0.11,0.55,0.011,0.1375 us.anthropic.claude-mythos-5,11,55,1.1,13.75
        us.anthropic.claude-mythos-5-1,11,55,0.275,13.75
        us.anthropic.claude-mythos-preview,27.5,137.5,2.75,34.375
        us.anthropic.claude-opus-4-1-20250805-v1:0,15,75,1.5,18.75
        us.anthropic.claude-opus-4-20250514-v1:0,15,75,1.5,18.75
        us.anthropic.claude-opus-4-5-20251101-v1:0,5.5,27.5,0.55,6.875
        us.anthropic.claude-opus-4-6-v1,5.5,27.5,0.55,6.875 us.anthropic.claude-opus-4-7,5.5,27.5,0.55,6.875
        us.anthropic.claude-opus-4-8,5.5,27.5,0.55,6.875 us.anthropic.claude-opus-5,5.5,27.5,0.55,6.875
        us.anthropic.claude-opus-5-5,4.4,22,0.22,5.5 us.anthropic.claude-sonnet-4-20250514-v1:0,3,15,0.3,3.75
        us.anthropic.claude-sonnet-4-5-20250929-v1:0,3.3,16.5,0.33,4.125
        us.anthropic.claude-sonnet-4-6,3.3,16.5,0.33,4.125 us.anthropic.claude-sonnet-5,2.2,11,0.22,2.75
        us.anthropic.claude-sonnet-5-5,2.2,11,0.11,2.75 us.deepseek.r1-v1:0,1.35,5.4,,
        us.deepseek.v3.2,0.62,1.85,, us.meta.llama3-1-405b-instruct-v1:0,2.4,2.4,,
        us.meta.llama3-1-70b-instruct-v1:0,0.72,0.72,, us.meta.llama3-1-8b-instruct-v1:0,0.22,0.22,,
        us.meta.llama3-2-11b-instruct-v1:0,0.16,0.16,, us.meta.llama3-2-1b-instruct-v1:0,0.1,0.1,,
        us.meta.llama3-2-3b-instruct-v1:0,0.15,0.15,, us.meta.llama3-2-90b-instruct-v1:0,0.72,0.72,,
        us.meta.llama3-3-70b-instruct-v1:0,0.72,0.72,, us.meta.llama4-maverick-17b-instruct-v1:0,0.24,0.97,,
        us.meta.llama4-scout-17b-instruct-v1:0,0.17,0.66,, us.mistral.pixtral-large-2502-v1:0,2,6,,
        us.moonshotai.kimi-k3,3.3,16.5,0.33,4.125 us.openai.gpt-5.4,2.75,16.5,0.275,
        us.openai.gpt-5.5,5.5,33,0.55, us.openai.gpt-5.6-luna,0.22,1.32,0.022,0.275
        us.openai.gpt-5.6-sol,4.4,22,0.44,5.5 us.openai.gpt-5.6-terra,2.2,13.2,0.22,2.75
        us.openai.gpt-6-astra,11,55,1.1,13.75 us.openai.gpt-6-luna,0.11,0.55,0.011,0.1375
        us.openai.gpt-6-sol,2.2,11,0.22,2.75 us.openai.gpt-6.1-sol,2.2,11,0.11,2.75
        us.openai.gpt-6.1-terra,1.1,5.5,0.055,1.375 us.twelvelabs.pegasus-1-2-v1:0,,7.5,,
        us.twelvelabs.pegasus-1-5-v1:0,,7.5,, us.writer.palmyra-x4-v1:0,2.5,10,,
        us.writer.palmyra-x5-v1:0,0.6,6,, us.xai.grok-4.6,2.2,6.6,0.55, us.xai.grok-4.7,2.2,6.6,0.55,
        us.zai.glm-5.3,1.848,5.808,0.3432,2.31 writer.palmyra-vision-7b,0.15,0.6,,
        writer.palmyra-x4-v1:0,2.5,10,, writer.palmyra-x5-v1:0,0.6,6,, zai.glm-4.7,0.6,2.2,,
        zai.glm-4.7-flash,0.07,0.4,, zai.glm-5,1,3.2,,
        """
}
