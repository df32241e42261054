// jest loads n8n-core, whose decorators need it.
import 'reflect-metadata';
